// Word lists: an enumeration's words, declared once and used by the codecs, the schemas and SQL.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace crossdock {

/// Specialised per enumeration: `list` holds the words in the order of the enumerators.
template <class E>
struct Words;

template <class E>
constexpr std::string_view to_text(E value) {
  return Words<E>::list[static_cast<std::size_t>(value)];
}

/// The enumerator of `word`; none if the list does not have it.
template <class E>
constexpr std::optional<E> parse_word(std::string_view word) {
  for (std::size_t i = 0; i < Words<E>::list.size(); ++i)
    if (Words<E>::list[i] == word) return static_cast<E>(i);
  return std::nullopt;
}

template <class... Word>
constexpr std::array<std::string_view, sizeof...(Word)> words(const Word&... word) {
  return {std::string_view(word)...};
}

}  // namespace crossdock
