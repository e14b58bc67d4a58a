#include "model/schema_writer.hpp"

#include "crossdock/model/codes.hpp"
#include "model/shape.hpp"

namespace crossdock {

void SchemaWriter::begin(std::string_view type) {
  out.begin_object().key("type");
  if (nullable)
    out.begin_array().string(type).string("null").end_array();
  else
    out.string(type);
}

void SchemaWriter::end() {
  if (!description.empty()) out.key("description").string(description);
  out.end_object();
}

void SchemaWriter::text(const Rule& rule) {
  if (rule.content == Content::free_form) {
    nullable = true;
    begin("object");
    out.key("additionalProperties").boolean(true);
    return end();
  }
  if (rule.content == Content::revision) {
    out.begin_object().key("type").begin_array().string("string").string("integer");
    if (nullable) out.string("null");
    out.end_array().key("minimum").integer(0);
  } else {
    begin("string");
  }
  if (rule.content == Content::currency || rule.content == Content::country) {
    out.key("enum").begin_array();
    for (const std::string_view word : rule.content == Content::currency ? currencies() : countries()) out.string(word);
    if (nullable) out.null();
    out.end_array();
  } else if (rule.content == Content::uom) {
    out.key("pattern").string("^[A-Z0-9]{1,3}$");
  } else if (rule.content == Content::clock) {
    out.key("pattern").string("^([01][0-9]|2[0-3]):[0-5][0-9]$");
  } else {
    if (rule.shortest > 0) out.key("minLength").integer(static_cast<std::int64_t>(rule.shortest));
    out.key("maxLength").integer(static_cast<std::int64_t>(rule.longest));
    if (rule.content == Content::code || rule.content == Content::revision) out.key("pattern").string("^[^\\u0000-\\u001f\\u007f]*$");
  }
  end();
}

// A number is read from its text: 12, "12" and "12.0" are the same.
void SchemaWriter::decimal(const Rule& rule) {
  out.begin_object().key("type").begin_array().string("string").string("number");
  if (nullable) out.string("null");
  out.end_array();
  const std::string_view sign = rule.sign == Rule::Sign::any ? "-?" : "";
  const std::string_view zero = rule.sign == Rule::Sign::above_zero ? "(?!0+(\\.0+)?$)" : "";
  out.key("pattern").string(std::string("^").append(zero).append(sign).append("0*[0-9]{1,12}(\\.[0-9]{1,6}0*)?$"));
  if (rule.sign == Rule::Sign::above_zero) out.key("exclusiveMinimum").integer(0);
  if (rule.sign == Rule::Sign::not_negative) out.key("minimum").integer(0);
  if (rule.sign == Rule::Sign::any) out.key("exclusiveMinimum").integer(-1'000'000'000'000);
  out.key("exclusiveMaximum").integer(1'000'000'000'000).key("format").string("decimal");
  end();
}

void SchemaWriter::integer(const Rule& rule) {
  if (rule.digits_too) {
    out.begin_object().key("type").begin_array().string("integer").string("string");
    if (nullable) out.string("null");
    out.end_array().key("pattern").string("^[0-9]{1,19}$");
  } else {
    begin("integer");
  }
  out.key("format").string("int64");
  if (rule.from != std::numeric_limits<std::int64_t>::min()) out.key("minimum").integer(rule.from);
  if (rule.to != std::numeric_limits<std::int64_t>::max()) out.key("maximum").integer(rule.to);
  end();
}

void SchemaWriter::boolean() {
  begin("boolean");
  end();
}

void SchemaWriter::date() {
  begin("string");
  out.key("format").string("date");
  end();
}

void SchemaWriter::instant() {
  begin("string");
  out.key("format").string("date-time");
  end();
}

void SchemaWriter::word(std::span<const std::string_view> list, const Rule& rule) {
  begin("string");
  if (!rule.only.empty()) {
    out.key("const").string(rule.only);
    return end();
  }
  out.key("enum").begin_array();
  for (const std::string_view word : list) out.string(word);
  if (nullable) out.null();
  out.end_array();
  end();
}

void SchemaWriter::shape(const Shape& shape) {
  const std::string ref = std::string(ref_prefix).append(shape.name());
  if (!nullable) {
    out.begin_object().key("$ref").string(ref);
    return end();
  }
  out.begin_object().key("anyOf").begin_array();
  out.begin_object().key("$ref").string(ref).end_object();
  out.begin_object().key("type").string("null").end_object().end_array();
  end();
}

void SchemaWriter::begin_list(const Rule& rule) {
  begin("array");
  if (rule.least > 0) out.key("minItems").integer(static_cast<std::int64_t>(rule.least));
  out.key("maxItems").integer(static_cast<std::int64_t>(rule.most));
  out.key("items");
}

void SchemaWriter::end_list() { end(); }

}  // namespace crossdock
