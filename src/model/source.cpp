#include "crossdock/model/common.hpp"
#include "crossdock/model/master.hpp"
#include "model/values.hpp"

namespace crossdock {
namespace {

std::string_view without_leading_zeros(std::string_view digits) {
  const auto from = digits.find_first_not_of('0');
  return from == std::string_view::npos ? digits.substr(digits.size() - 1) : digits.substr(from);
}

bool smaller_number(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

bool older_than(const Source& incoming, const Source& stored) {
  if (incoming.system != stored.system) return false;
  if (incoming.revision && stored.revision && all_digits(*incoming.revision) && all_digits(*stored.revision))
    return smaller_number(*incoming.revision, *stored.revision);
  return incoming.as_of && stored.as_of && *incoming.as_of < *stored.as_of;
}

std::optional<Fraction> Item::factor_of(std::string_view unit) const {
  if (unit == base_uom) return Fraction{};
  for (const Unit& known : units)
    if (known.uom == unit) return known.factor();
  return std::nullopt;
}

}  // namespace crossdock
