#include "promise/check_scratch.hpp"

#include <algorithm>

#include "crossdock/base/json.hpp"
#include "promise/freshness.hpp"

namespace crossdock::promise {

Scratch& Scratch::of_this_thread() {
  static thread_local Scratch scratch;
  return scratch;
}

void Scratch::take_locations(std::shared_ptr<const Locations> now) {
  locations_ = std::move(now);
  const auto& all = locations_->all();
  days_.assign(all.size(), {});
  by_number_.clear();
  for (std::size_t i = 0; i < all.size(); ++i) {
    days_[i].head = "{\"location\":";
    json::append_escaped(all[i].code, days_[i].head);
    days_[i].head += ",\"available\":\"";
    if (by_number_.size() <= all[i].number) by_number_.resize(all[i].number + 1, -1);
    by_number_[all[i].number] = static_cast<std::int32_t>(i);
  }
  marks_.assign(all.size(), 0);
  at_.assign(all.size(), nullptr);
}

void Scratch::begin(const Catalog& catalog, Instant now, const AvailabilityRules& rules) {
  auto present = catalog.locations();
  if (present->serial() != locations_->serial() || present->all().empty()) take_locations(std::move(present));
  now_ = now;
  rules_ = &rules;
  taken_.clear();
}

Date Scratch::today(std::uint32_t location) {
  auto& day = days_[location];
  if (now_.micros < day.from || now_.micros >= day.to) {
    const auto& zone = locations_->all()[location].zone;
    day.today = zone.date_of(now_);
    day.from = zone.midnight(day.today).micros;
    day.to = zone.midnight(day.today + 1).micros;
  }
  return day.today;
}

/// Fills chosen_, in the order of sourcing, each once. False: one of the locations asked is none of ours.
bool Scratch::choose_locations(const AskedLine& asked) {
  chosen_.clear();
  const auto& all = locations_->all();
  if (asked.locations.empty()) {
    for (std::uint32_t i = 0; i < all.size(); ++i) chosen_.push_back(i);
    return true;
  }
  bool known = true;
  for (const auto code : asked.locations) {
    const auto* found = locations_->find(code);
    if (!found) {
      known = false;
      continue;
    }
    const auto i = static_cast<std::uint32_t>(found - all.data());
    if (marks_[i]) continue;
    marks_[i] = 1;
    chosen_.push_back(i);
  }
  for (const auto i : chosen_) marks_[i] = 0;
  std::sort(chosen_.begin(), chosen_.end());
  return known;
}

/// The SKU's positions of this moment, less what earlier lines took, into the outcome's figures.
void Scratch::read_positions(const AskedLine& asked, std::uint64_t hash, const Projection& projection) {
  const auto count = projection.read(asked.sku, hash, held_);
  const auto place_of = [this](const Held& held) { return held.place < by_number_.size() ? by_number_[held.place] : -1; };
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto at = place_of(held_[i]); at >= 0) at_[static_cast<std::size_t>(at)] = &held_[i];
  }
  for (const auto& taken : taken_) {
    if (taken.hash != hash || taken.sku != asked.sku) continue;
    if (auto* held = at_[taken.location]) held->profile.demand.add(taken.date, taken.quantity);
  }
  const Freshness freshness(now_, projection, *rules_);
  for (const auto i : chosen_) {
    Figure figure;
    figure.location = i;
    figure.today = today(i);
    figure.profile = at_[i] ? &at_[i]->profile : nullptr;
    figure.watermark = freshness.watermark(at_[i], locations_->all()[i].number);
    figure.stale = freshness.stale(at_[i], figure.watermark);
    outcome_.figures.push_back(figure);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto at = place_of(held_[i]); at >= 0) at_[static_cast<std::size_t>(at)] = nullptr;
  }
}

bool Scratch::line(const AskedLine& asked, std::uint64_t hash, const Catalog& catalog, const Projection& projection) {
  outcome_.confirmed.clear();
  outcome_.figures.clear();
  outcome_.earliest_full.reset();
  outcome_.available = {};
  outcome_.uom = asked.uom;
  outcome_.factor = {};
  const auto units = catalog.units(asked.sku, hash, asked.uom);
  const bool places_known = choose_locations(asked);
  outcome_.date = asked.date ? *asked.date : chosen_.empty() ? Zone().date_of(now_) : today(chosen_.front());
  if (!units.known) {
    outcome_.status = AvailabilityStatus::unknown_item;
    return true;
  }
  if (!units.factor) return false;
  outcome_.factor = *units.factor;
  if (asked.uom.empty()) outcome_.uom = units.base_uom.view();
  if (!places_known) {
    outcome_.status = AvailabilityStatus::unknown_location;
    return true;
  }
  read_positions(asked, hash, projection);
  const bool some_position =
      std::any_of(outcome_.figures.begin(), outcome_.figures.end(), [](const Figure& figure) { return figure.profile != nullptr; });
  weigh(asked, some_position);
  const auto base = outcome_.factor == Fraction{} ? asked.quantity : to_base(asked.quantity, outcome_.factor).quantity;
  confirm(asked, base);
  find_earliest_full(asked);
  convert(asked.quantity, base);
  judge(asked, some_position);
  remember(asked, hash);
  return true;
}

}  // namespace crossdock::promise
