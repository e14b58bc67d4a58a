#include "model/shape.hpp"

#include <algorithm>
#include <stdexcept>

#include "crossdock/model/codec.hpp"
#include "model/values.hpp"

namespace crossdock {

namespace {

bool may_be_null(const Field& field) { return field.presence == Presence::optional || field.presence == Presence::omitted; }

}  // namespace

bool Rules::given(std::string_view name) const { return (seen >> shape.place_of(name) & 1U) != 0; }

bool Rules::sound(std::string_view name) const { return ((seen & ~bad) >> shape.place_of(name) & 1U) != 0; }

Shape::Shape(std::string_view name, std::string_view description, std::span<const Field> fields, Finish finish, Inherited base)
    : name_(name), description_(description), finish_(finish) {
  if (base.shape != nullptr) {
    entries_ = base.shape->entries_;
    for (Entry& entry : entries_) entry.offset += base.offset;
    inherited_finish_ = base.shape->finish_;
    inherited_offset_ = base.offset;
  }
  for (const Field& field : fields) entries_.push_back({&field, 0});
  if (entries_.size() > 63) throw std::logic_error("a shape has at most 63 members");
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].field->presence == Presence::required) required_ |= std::uint64_t{1} << i;
  sorted_ = entries_;
  std::sort(sorted_.begin(), sorted_.end(), [](const Entry& a, const Entry& b) { return a.field->name < b.field->name; });
}

Shape::Shape(std::string_view name, std::string_view description, std::string_view kind, std::vector<const Shape*> variants,
             std::span<const std::string_view> kind_words, std::size_t (*variant_of)(const void*))
    : name_(name),
      description_(description),
      kind_(kind),
      variants_(std::move(variants)),
      kind_words_(kind_words),
      variant_of_(variant_of) {}

std::size_t Shape::find(std::string_view name, std::size_t from) const {
  const std::size_t count = entries_.size();
  for (std::size_t i = from; i < count; ++i)
    if (entries_[i].field->name == name) return i;
  for (std::size_t i = 0; i < from; ++i)
    if (entries_[i].field->name == name) return i;
  return unknown;
}

std::size_t Shape::place_of(std::string_view name) const {
  const std::size_t place = find(name, 0);
  return place == unknown ? entries_.size() : place;
}

void Shape::read(Reader& reader, const Path& path, json::View view, void* document) const {
  if (!view.is(json::Kind::object)) {
    reader.mistake(path, "wrong_type", "must be an object");
  } else if (variants_.empty()) {
    read_members(reader, path, view, static_cast<char*>(document));
  } else {
    read_variant(reader, path, view, document);
  }
}

// Members mostly come in the order in which they are declared: the search goes on where the last one was found.
void Shape::read_members(Reader& reader, const Path& path, json::View view, char* document) const {
  std::uint64_t seen = 0;
  std::uint64_t bad = 0;
  std::uint64_t null = 0;  // as good as absent
  std::size_t place = 0;
  for (const json::View member : view.children()) {
    const std::string_view name = member.key();
    const std::size_t found = find(name, place);
    if (found == unknown) {
      unknown_member(reader, path, name);
      continue;
    }
    const std::uint64_t bit = std::uint64_t{1} << found;
    const Entry& entry = entries_[found];
    const Path here = path.member(entry.field->name);
    const std::size_t before = reader.count();
    if (member.is(json::Kind::null) && may_be_null(*entry.field) && (seen & bit) == 0) {
      null |= bit;
    } else if ((seen & bit) != 0) {
      reader.mistake(here, "duplicate_key", "this member stands more than once in its object");
    } else {
      entry.field->read(reader, here, member, document + entry.offset, entry.field->rule);
    }
    seen |= bit;
    if (reader.count() != before) bad |= bit;
    place = found + 1;
  }
  if ((required_ & ~seen) != 0) list_missing(reader, path, seen);
  const Rules rules{reader, path, *this, seen & ~null, bad};
  if (inherited_finish_ != nullptr) inherited_finish_(rules, document + inherited_offset_);
  if (finish_ != nullptr) finish_(rules, document);
}

void Shape::read_variant(Reader& reader, const Path& path, json::View view, void* document) const {
  const auto kind = view.find(kind_);
  const Path here = path.member(kind_);
  if (!kind) return reader.mistake(here, "missing", "is compulsory");
  const auto place = read_word(reader, here, *kind, kind_words_, Rule{});
  if (place) variants_[*place]->read(reader, path, view, document);
}

void Shape::list_missing(Reader& reader, const Path& path, std::uint64_t seen) const {
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if ((required_ & ~seen) >> i & 1U) reader.mistake(path.member(entries_[i].field->name), "missing", "is compulsory");
}

void Shape::unknown_member(Reader& reader, const Path& path, std::string_view name) const {
  if (!reader.open()) return;
  std::vector<std::string_view> known;
  known.reserve(entries_.size());
  for (const Entry& entry : entries_) known.push_back(entry.field->name);
  reader.mistake(path.member(name), "unknown_field", "is not a member of this object", nearest(name, known));
}

void Shape::write(const void* document, Encoder& out) const {
  out.out.begin_object();
  write_members(document, out);
  out.out.end_object();
}

void Shape::write_members(const void* document, Encoder& out) const {
  if (!variants_.empty()) return variants_[variant_of_(document)]->write_members(document, out);
  for (const Entry& entry : out.canonical ? sorted_ : entries_) {
    const Field& field = *entry.field;
    const void* part = static_cast<const char*>(document) + entry.offset;
    const bool may_go = field.presence == Presence::omitted || (out.canonical && field.presence == Presence::optional);
    if (may_go && field.absent(part)) continue;
    out.out.key(field.name);
    field.write(part, out, field.rule);
  }
}

std::vector<const Shape*> Shape::nested() const {
  std::vector<const Shape*> shapes = variants_;
  for (const Entry& entry : entries_)
    if (entry.field->nested != nullptr) shapes.push_back(&entry.field->nested());
  return shapes;
}

void Shape::schema(SchemaWriter& writer) const {
  json::Writer& out = writer.out;
  out.begin_object().key("description").string(description_);
  if (!variants_.empty()) {
    out.key("oneOf").begin_array();
    for (const Shape* variant : variants_) SchemaWriter{out, writer.ref_prefix, {}}.shape(*variant);
    out.end_array().end_object();
    return;
  }
  out.key("type").string("object").key("properties").begin_object();
  for (const Entry& entry : entries_) {
    out.key(entry.field->name);
    SchemaWriter member{out, writer.ref_prefix, entry.field->description, may_be_null(*entry.field)};
    entry.field->schema(member, entry.field->rule);
  }
  out.end_object().key("required").begin_array();
  for (const Entry& entry : entries_)
    if (entry.field->presence == Presence::required || entry.field->presence == Presence::kind) out.string(entry.field->name);
  out.end_array().key("additionalProperties").boolean(false).end_object();
}

}  // namespace crossdock
