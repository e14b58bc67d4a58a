// Parameters of a prepared statement.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"
#include "postgres/arrays.hpp"

namespace crossdock::postgres {

/// Bytes for a bytea parameter (a Sha256, a body).
struct Bytes {
  std::string_view data;
};

/// One parameter: arrays and bytes in PostgreSQL's binary form, all else as text. Strings, bytes and arrays are borrowed: they outlive
/// the call that sends them.
class Param {
 public:
  Param(std::nullptr_t) {}
  Param(std::nullopt_t) {}
  Param(const char* text) : borrowed_(text) {}
  Param(const std::string& text) : borrowed_(text) {}
  Param(std::string_view text) : owned_(text) {}
  Param(const Array& array) : borrowed_(array.bytes()), fault_(array.fault()), binary_(true) {}
  Param(bool value) : borrowed_(value ? "t" : "f") {}
  template <std::integral I>
    requires(!std::same_as<I, bool> && !std::same_as<I, char>)
  Param(I value) : owned_(std::to_string(value)) {}
  Param(Decimal value) : owned_(value.text()) {}
  Param(Date value) : owned_(value.text()) {}
  Param(Instant value) : owned_(value.micros_text()) {}
  Param(Bytes bytes) : borrowed_(bytes.data.data() ? bytes.data : std::string_view("")), binary_(true) {}
  template <class T>
  Param(const std::optional<T>& value) : Param(value ? Param(*value) : Param(nullptr)) {}

  bool is_null() const { return !owned_ && borrowed_.data() == nullptr; }
  bool binary() const { return binary_; }
  /// What is sent. A text has a NUL behind it.
  std::string_view data() const { return owned_ ? std::string_view(*owned_) : borrowed_; }
  /// What is wrong with it, as Array::fault says: sending refuses it as a data failure instead of cutting a text short.
  std::string_view fault() const {
    if (!fault_.empty() || binary_ || data().find('\0') == std::string_view::npos) return fault_;
    return "22021 a text holds U+0000, which PostgreSQL's text cannot";
  }

 private:
  std::string_view borrowed_{nullptr, 0};
  std::optional<std::string> owned_;
  std::string_view fault_;
  bool binary_ = false;
};

}  // namespace crossdock::postgres
