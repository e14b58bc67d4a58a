// JSON Schemas of whole documents.
#include <algorithm>

#include "crossdock/model/codec.hpp"
#include "model/shape.hpp"

namespace crossdock {
namespace {

bool flat(json::View view) {
  for (const json::View child : view.children())
    if (child.size() > 0) return false;
  return !view.is(json::Kind::object);
}

void append_indented(json::View view, std::size_t depth, std::string& out) {
  const bool object = view.is(json::Kind::object);
  if (view.size() == 0 || flat(view)) {
    out.append(view.raw());
    return;
  }
  out.push_back(object ? '{' : '[');
  bool first = true;
  for (const json::View child : view.children()) {
    out.append(first ? "\n" : ",\n").append(2 * depth + 2, ' ');
    first = false;
    if (object) {
      json::append_escaped(child.key(), out);
      out.append(": ");
    }
    append_indented(child, depth + 1, out);
  }
  out.append("\n").append(2 * depth, ' ').push_back(object ? '}' : ']');
}

std::string indented(const std::string& json) {
  json::Document document;
  std::string out;
  if (!document.parse(json)) append_indented(document.root(), 0, out);
  return out + "\n";
}

}  // namespace

std::string_view name_of(const Shape& shape) { return shape.name(); }
std::string_view description_of(const Shape& shape) { return shape.description(); }

void append_schema(const Shape& shape, std::string_view ref_prefix, std::string& out) {
  json::Writer writer(out);
  SchemaWriter schema{writer, ref_prefix, {}};
  shape.schema(schema);
}

std::vector<const Shape*> shapes_under(const Shape& shape) {
  std::vector<const Shape*> found{&shape};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Shape* nested : found[i]->nested())
      if (std::find(found.begin(), found.end(), nested) == found.end()) found.push_back(nested);
  }
  return found;
}

std::string standalone_schema(const Shape& shape, std::string_view id) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("$schema").string("https://json-schema.org/draft/2020-12/schema").key("$id").string(id);
  out.key("$ref").string(std::string("#/$defs/").append(shape.name())).key("$defs").begin_object();
  for (const Shape* nested : shapes_under(shape)) {
    std::string schema;
    append_schema(*nested, "#/$defs/", schema);
    out.key(nested->name()).raw(schema);
  }
  out.end_object().end_object();
  return indented(text);
}

}  // namespace crossdock
