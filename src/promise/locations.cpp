#include <algorithm>
#include <atomic>
#include <numeric>

#include "promise/catalog.hpp"

namespace crossdock::promise {

std::optional<Fraction> CatalogItem::factor(std::string_view uom) const {
  if (uom.empty() || base_uom == uom) return Fraction{};
  for (const auto& unit : units) {
    if (unit.uom == uom) return unit.factor;
  }
  return std::nullopt;
}

Locations::Locations(std::vector<CatalogLocation> all) : all_(std::move(all)) {
  static std::atomic<std::uint64_t> next{1};
  serial_ = next.fetch_add(1, std::memory_order_relaxed);
  std::sort(all_.begin(), all_.end(), [](const CatalogLocation& a, const CatalogLocation& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.code < b.code;
  });
  by_code_.resize(all_.size());
  std::iota(by_code_.begin(), by_code_.end(), 0U);
  std::sort(by_code_.begin(), by_code_.end(), [this](std::uint32_t a, std::uint32_t b) { return all_[a].code < all_[b].code; });
}

const CatalogLocation* Locations::find(std::string_view code) const {
  const auto at = std::lower_bound(by_code_.begin(), by_code_.end(), code,
                                   [this](std::uint32_t i, std::string_view wanted) { return std::string_view(all_[i].code) < wanted; });
  if (at == by_code_.end() || all_[*at].code != code) return nullptr;
  return &all_[*at];
}

Date Locations::today(std::string_view code, Instant now) const {
  const auto* location = find(code);
  return location ? location->zone.date_of(now) : Zone().date_of(now);
}

}  // namespace crossdock::promise
