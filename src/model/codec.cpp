#include "crossdock/model/codec.hpp"

#include <algorithm>

#include "model/field.hpp"

namespace crossdock {

bool decode(const Shape& shape, json::View view, void* document, Mistakes& mistakes, std::string_view pointer) {
  Reader reader(mistakes, pointer);
  shape.read(reader, Path{}, view, document);
  return reader.clean();
}

void encode(const Shape& shape, const void* document, json::Writer& out) {
  Encoder encoder{out};
  shape.write(document, encoder);
}

void encode_members(const Shape& shape, const void* document, json::Writer& out) {
  Encoder encoder{out};
  shape.write_members(document, encoder);
}

std::string canonical_text(const Shape& shape, const void* document) {
  std::string text;
  json::Writer out(text);
  Encoder encoder{out, true};
  shape.write(document, encoder);
  return text;
}

Sha256 fingerprint(const Shape& shape, const void* document) { return sha256(canonical_text(shape, document)); }

json::Document& scratch_document() {
  thread_local json::Document document;
  return document;
}

void write_text(const std::string& value, Encoder& out, const Rule& rule) {
  if (rule.content != Content::free_form) {
    out.out.string(value);
  } else if (value.empty()) {
    out.out.null();
  } else if (!out.canonical) {
    out.out.raw(value);
  } else {
    json::Document parsed;
    std::string canonical;
    if (!parsed.parse_copy(value, {value.size() + 1, 64})) json::append_canonical(parsed.root(), canonical);
    out.out.raw(canonical.empty() ? value : canonical);
  }
}

void Codec<Instant>::write(const Instant& value, Encoder& out, const Rule&) {
  if (out.canonical)
    out.out.string(value.micros_text());
  else
    out.out.instant(value);
}

}  // namespace crossdock
