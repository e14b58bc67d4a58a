// Short texts that come again and again (units, currencies, location and source codes), kept once.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace crossdock::promise {

/// A text kept once in the process for ever: eight bytes, compared by address. Only for words of master data. Any thread.
class Word {
 public:
  Word() = default;  ///< the empty text
  static Word of(std::string_view text);
  std::string_view view() const { return text_ ? std::string_view(*text_) : std::string_view(); }
  std::string text() const { return std::string(view()); }
  bool empty() const { return text_ == nullptr; }
  friend bool operator==(Word a, Word b) { return a.text_ == b.text_; }
  friend bool operator==(Word a, std::string_view b) { return a.view() == b; }

 private:
  const std::string* text_ = nullptr;
};

/// Names with a small number each, in the order of their first appearance; never forgotten. Any thread.
class Numbering {
 public:
  using Number = std::uint32_t;
  Number number_of(std::string_view name);  ///< gives it one if it has none
  std::optional<Number> find(std::string_view name) const;
  std::string_view name(Number number) const;
  std::size_t size() const;

 private:
  mutable std::shared_mutex lock_;
  std::deque<std::string> names_;
  std::unordered_map<std::string_view, Number> numbers_;
};

/// A hash whose every bit is good, for the tables of this room.
std::uint64_t hash_of(std::string_view text);

/// For maps of texts that are also asked by views of texts.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace crossdock::promise
