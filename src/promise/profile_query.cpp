// GET /v1/availability?sku=: positions and their curves.
#include <algorithm>

#include "promise/check.hpp"
#include "promise/freshness.hpp"

namespace crossdock::promise {

namespace {

/// The steps from `from` to `to`: the first says what holds on `from`.
std::vector<AtpStep> cut(const std::vector<Step>& curve, Date from, std::optional<Date> to) {
  std::vector<AtpStep> steps;
  for (const auto& step : curve) {
    if (to && *to < step.date) break;
    if (step.date <= from) {
      steps.assign(1, {from, step.available});
    } else {
      steps.push_back({step.date, step.available});
    }
  }
  return steps;
}

PositionView view_of(const CatalogLocation& location, const Held* held, const ProfileQuery& query, Instant now, const Freshness& freshness,
                     AtpRule rule) {
  static const Profile nothing;
  const Profile& profile = held ? held->profile : nothing;
  PositionView view;
  view.location = location.code;
  view.on_hand = profile.on_hand;
  view.unavailable = profile.unavailable;
  view.safety_stock = profile.safety_stock;
  view.version = held ? held->version : 0;
  const auto watermark = freshness.watermark(held, location.number);
  view.stale = freshness.stale(held, watermark);
  if (watermark != Watermarks::never) {
    view.as_of = Instant{watermark};
    view.age_ms = freshness.age_ms(watermark);
  }
  const Date today = location.zone.date_of(now);
  const Date from = query.from ? std::max(*query.from, today) : today;
  view.atp = cut(atp_curve(profile, today, rule), from, query.to);
  return view;
}

}  // namespace

std::optional<ItemAvailability> profile_of(const ProfileQuery& query, const Catalog& catalog, const Projection& projection, Instant now,
                                           const AvailabilityRules& rules) {
  const auto item = catalog.item(query.sku);
  const auto locations = catalog.locations();
  if (!item || (query.location && !locations->find(*query.location))) return std::nullopt;
  ItemAvailability answer;
  answer.sku = item->sku;
  answer.uom = item->base_uom.text();
  answer.as_of = now;
  std::vector<Held> held;
  held.resize(projection.read(query.sku, held));
  const Freshness freshness(now, projection, rules);
  for (const auto& location : locations->all()) {
    const auto at = std::find_if(held.begin(), held.end(), [&](const Held& one) { return one.place == location.number; });
    const bool asked = query.location ? location.code == *query.location : at != held.end();
    if (asked) {
      answer.locations.push_back(view_of(location, at == held.end() ? nullptr : &*at, query, now, freshness, rules.sourcing.atp));
    }
  }
  return answer;
}

}  // namespace crossdock::promise
