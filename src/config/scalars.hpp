// The types of single values. Bounds are given where a setting is declared.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "config/type.hpp"
#include "crossdock/base/decimal.hpp"
#include "crossdock/base/secret.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::config {

using std::chrono::milliseconds;

Typed<std::string> text();
/// Text of a form: `pattern` is an ECMAScript regular expression for the whole of it, `words` says it to people.
Typed<std::string> text_like(std::string pattern, std::string words);
Typed<std::string> name();     ///< lower case, digits, _ and -, from a letter, at most 63
Typed<std::string> address();  ///< host:port
Typed<std::string> url();      ///< http:// or https://, without user or password
Typed<Secret> secret();        ///< by reference only: !env NAME or !secret file:PATH
/// A secret that may also stand in the file as it is: a hash, or a URL without a password.
Typed<Secret> readable_secret(std::string pattern, std::string words);
Typed<bool> boolean();
Typed<int> integer(int low, int high);
Typed<std::int64_t> size(std::int64_t low, std::int64_t high);  ///< 512B, 64KiB, 16MiB, 1GiB
Typed<milliseconds> duration(milliseconds low = milliseconds(1), milliseconds high = std::chrono::hours(24 * 3650));
Typed<Decimal> decimal(Decimal low, Decimal high);
Typed<Decimal> percent(Decimal low, Decimal high);  ///< 0.5% is read as 0.005; bounds are fractions
Typed<Date> date();

struct Word {
  std::string word;
  int value = 0;
  std::string help;
};
TypePtr words_type(std::vector<Word> words, int (*get)(const void*), void (*set)(void*, int));

/// An enum by its words: one_of<Release>({{"auto", Release::automatic, "as soon as ..."}, ...}).
template <class E>
struct Choice {
  std::string word;
  E value;
  std::string help;
};
template <class E>
Typed<E> one_of(const std::vector<Choice<E>>& choices) {
  std::vector<Word> list;
  list.reserve(choices.size());
  for (const Choice<E>& c : choices) list.push_back({c.word, static_cast<int>(c.value), c.help});
  return {words_type(
      std::move(list), [](const void* at) { return static_cast<int>(*static_cast<const E*>(at)); },
      [](void* at, int value) { *static_cast<E*>(at) = static_cast<E>(value); })};
}

/// A value of your own: how it is described, its pattern for the schema, how it is read (an empty text: well) and shown.
struct Spelling {
  std::string words;
  std::string pattern;
  std::function<std::string(const std::string& text, void* out)> parse;
  std::function<std::string(const void* value)> show;
};
TypePtr spelled_type(Spelling spelling);
template <class M>
Typed<M> spelled(std::string words, std::string pattern, std::function<std::string(const std::string&, M&)> parse,
                 std::function<std::string(const M&)> show) {
  const auto read = [parse = std::move(parse)](const std::string& text, void* out) { return parse(text, *static_cast<M*>(out)); };
  const auto write = [show = std::move(show)](const void* value) { return show(*static_cast<const M*>(value)); };
  return {spelled_type({std::move(words), std::move(pattern), read, write})};
}

/// `300ms`, `10s`, `15min`, `2h`, `2d`; none when it is none of these or too long for the type.
std::optional<milliseconds> parse_duration(std::string_view text);
std::string duration_text(milliseconds value);

}  // namespace crossdock::config
