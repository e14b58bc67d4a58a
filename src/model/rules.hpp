// Rules between the members of one document that several shapes share.
#pragma once
#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/model/common.hpp"
#include "model/shape.hpp"

namespace crossdock {

/// No two elements of a list are alike in one member; `key_of` gives a default-made key (0, "") for an element that has none.
template <class Element, class KeyOf>
void unique_in_list(const Rules& rules, const std::vector<Element>& elements, std::string_view list, std::string_view member,
                    KeyOf key_of) {
  using Key = decltype(key_of(elements.front()));
  bool ascending = true;
  for (std::size_t i = 1; i < elements.size() && ascending; ++i) ascending = key_of(elements[i - 1]) < key_of(elements[i]);
  if (ascending) return;
  std::set<Key> before;
  const Path here = rules.path.member(list);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Key key = key_of(elements[i]);
    if (key == Key{} || before.insert(key).second) continue;
    const Path element = here.at(i);
    rules.reader.mistake(element.member(member), "not_allowed", "stands in this list already");
  }
}

/// An amount of money has no more places than its currency (of an unknown currency, nothing is said).
void within_exponent(const Rules& rules, const Path& path, Decimal amount, std::string_view currency);

/// Something compulsory that the declaration cannot say: reported at the member's own pointer.
void compulsory(const Rules& rules, std::string_view member, std::string_view detail);

}  // namespace crossdock
