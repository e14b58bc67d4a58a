// JSON Schema of the simple kinds of value. Each appends one whole schema object, with `description` where there is one.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "crossdock/base/json.hpp"
#include "model/rule.hpp"

namespace crossdock {

class Shape;

/// Where a schema is written, and what goes into the object beside the type.
struct SchemaWriter {
  json::Writer& out;
  std::string_view ref_prefix;
  std::string_view description;
  bool nullable = false;

  void text(const Rule& rule);
  void decimal(const Rule& rule);
  void integer(const Rule& rule);
  void boolean();
  void date();
  void instant();
  void word(std::span<const std::string_view> list, const Rule& rule);
  void shape(const Shape& shape);
  /// Opens a list's schema up to the value of `items`; end_list() closes it.
  void begin_list(const Rule& rule);
  void end_list();

 private:
  void begin(std::string_view type);
  void end();
};

}  // namespace crossdock
