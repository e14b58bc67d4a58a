// From JSON to documents and back. Each document's members are declared once (src/model/shapes_*.cpp); reading, writing, JSON Schema and
// fingerprint follow from that. Pure; any thread.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crossdock/base/id.hpp"
#include "crossdock/base/json.hpp"
#include "crossdock/base/mistakes.hpp"
#include "crossdock/model/shapes.hpp"

namespace crossdock {

/// A Mistakes list that has grown to this gets no more, nor one whose pointers take this many bytes: the answer to a hostile body stays
/// bounded.
inline constexpr std::size_t most_mistakes = 1000;
inline constexpr std::size_t most_pointer_bytes = 1U << 20;

/// Reads a document into a fresh `document`, strictly, adding every mistake to `mistakes`; true if there was none. Pointers begin with
/// `pointer` (of an element of a list: "/events/3"). The document is only meaningful if there was none.
bool decode(const Shape& shape, json::View view, void* document, Mistakes& mistakes, std::string_view pointer = {});
template <class T>
bool decode(json::View view, T& document, Mistakes& mistakes, std::string_view pointer = {}) {
  return decode(shape_of(Of<T>{}), view, &document, mistakes, pointer);
}

/// Appends a document.
void encode(const Shape& shape, const void* document, json::Writer& out);
template <class T>
void encode(const T& document, json::Writer& out) {
  encode(shape_of(Of<T>{}), &document, out);
}
/// Appends the members alone, inside an object that the caller has begun and goes on with.
void encode_members(const Shape& shape, const void* document, json::Writer& out);
template <class T>
void encode_members(const T& document, json::Writer& out) {
  encode_members(shape_of(Of<T>{}), &document, out);
}
template <class T>
std::string to_json(const T& document) {
  std::string text;
  json::Writer out(text);
  encode(document, out);
  return text;
}

/// SHA-256 over the canonical text of a document: what the order of members, the spelling of numbers, and a default said or left out
/// do not change. Absent members leave no trace, so that a member added to the model later changes no stored fingerprint.
Sha256 fingerprint(const Shape& shape, const void* document);
template <class T>
Sha256 fingerprint(const T& document) {
  return fingerprint(shape_of(Of<T>{}), &document);
}
/// The text that the fingerprint is made over.
std::string canonical_text(const Shape& shape, const void* document);

/// What a body turned out to be.
template <class T>
using Decoded = std::variant<T, Mistakes, json::Malformed>;

/// A thread's own Document, for a text that is decoded at once and let go.
json::Document& scratch_document();

/// A whole body: parse and decode.
template <class T>
Decoded<T> decode_body(std::string_view body, json::Limits limits = {}) {
  json::Document large;  // what is large is not kept
  json::Document& parsed = body.size() > (64U << 10) ? large : scratch_document();
  if (auto malformed = parsed.parse_copy(body, limits)) return Decoded<T>(std::in_place_index<2>, std::move(*malformed));
  Decoded<T> result(std::in_place_index<0>);
  Mistakes mistakes;
  if (!decode(parsed.root(), std::get<0>(result), mistakes)) return Decoded<T>(std::in_place_index<1>, std::move(mistakes));
  return result;
}

/// A shape's name in OpenAPI's components ("OrderRequest").
std::string_view name_of(const Shape& shape);
std::string_view description_of(const Shape& shape);
/// Appends a JSON Schema 2020-12 object for the shape; nested shapes are `{"$ref": ref_prefix + name}` ("#/components/schemas/").
void append_schema(const Shape& shape, std::string_view ref_prefix, std::string& out);
/// The shapes that `shape` names, directly or not, itself first, each once.
std::vector<const Shape*> shapes_under(const Shape& shape);
/// A schema that stands alone, indented for people: `$schema`, `$id`, and nested shapes under `$defs`.
std::string standalone_schema(const Shape& shape, std::string_view id);

/// A document that has a folder under schemas/canonical.
struct CanonicalDocument {
  std::string_view name;  ///< "order"
  const Shape* shape;
};
std::span<const CanonicalDocument> canonical_documents();
/// Every shape of the contract, for OpenAPI's components; in a stable order.
const std::vector<const Shape*>& all_shapes();

}  // namespace crossdock
