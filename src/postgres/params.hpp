// Parameters of a prepared statement, all in PostgreSQL's text form.
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

/// One parameter. Texts and arrays are borrowed: they outlive the call of run().
class Param {
 public:
  Param(std::nullptr_t) {}
  Param(std::nullopt_t) {}
  Param(const char* text) : borrowed_(text) {}
  Param(const std::string& text) : borrowed_(text.data(), text.size()) {}
  Param(std::string_view text) : borrowed_(text.data() ? text : std::string_view("")) {}
  Param(const Array& array) : borrowed_(array.literal()), forbidden_(array.holds_nul()) {}
  Param(bool value) : borrowed_(value ? "t" : "f") {}
  template <std::integral I>
    requires(!std::same_as<I, bool> && !std::same_as<I, char>)
  Param(I value) : owned_(std::to_string(value)) {}
  Param(Decimal value) : owned_(value.text()) {}
  Param(Date value) : owned_(value.text()) {}
  Param(Instant value) : owned_(value.micros_text()) {}
  Param(Bytes bytes);
  template <class T>
  Param(const std::optional<T>& value) : Param(value ? Param(*value) : Param(nullptr)) {}

  bool is_null() const { return !owned_ && borrowed_.data() == nullptr; }
  std::string_view text() const { return owned_ ? std::string_view(*owned_) : borrowed_; }
  /// U+0000, which no text of PostgreSQL can hold: run() refuses it as a data failure instead of cutting the text.
  bool holds_nul() const { return forbidden_ || text().find('\0') != std::string_view::npos; }

 private:
  std::string_view borrowed_{nullptr, 0};
  std::optional<std::string> owned_;
  bool forbidden_ = false;
};

}  // namespace crossdock::postgres
