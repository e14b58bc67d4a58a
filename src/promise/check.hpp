// The availability check: what may be promised, from where, by when. Pure: catalog, projection and time are handed in.
#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crossdock/base/mistakes.hpp"
#include "crossdock/model/availability.hpp"
#include "promise/catalog.hpp"
#include "promise/projection.hpp"
#include "promise/sourcing.hpp"

namespace crossdock::promise {

/// What a stale location's stock is worth. A location is stale when its feed's watermark is missing or older than `stale_after`, when its
/// position is suspect, and everywhere while the projection itself is older than `projection_limit`.
enum class WhenStale {
  serve,         ///< as if it were fresh; the answer says `stale: true`
  conservative,  ///< nothing: a stale location counts 0. Do the fresh ones not cover the line in full, it is `indeterminate`
  deny,          ///< a line that rests on a stale location is `indeterminate` and promises nothing
};

struct AvailabilityRules {
  SourcingRule sourcing;
  std::chrono::milliseconds stale_after{std::chrono::minutes(2)};
  std::chrono::milliseconds projection_limit{2000};
  WhenStale when_stale = WhenStale::serve;
};

/// A line of a check as its bytes lie in the request; views must outlive the call.
struct AskedLine {
  std::string_view sku;
  Decimal quantity;
  std::string_view uom;  ///< empty: the item's base unit
  std::optional<Date> date;
  std::span<const std::string_view> locations;  ///< empty: all
};

/// Answers the check. Lines see what earlier lines took. Mistakes (a unit that an item does not have) leave `answer` unfinished.
Mistakes check(const AvailabilityRequest& request, const Catalog& catalog, const Projection& projection, Instant now,
               const AvailabilityRules& rules, AvailabilityAnswer& answer);

/// The same as JSON text at the end of `out`, without an answer object: the hot path. After mistakes `out` is as it was.
Mistakes check_into(std::string& out, std::span<const AskedLine> lines, const Catalog& catalog, const Projection& projection, Instant now,
                    const AvailabilityRules& rules);
Mistakes check_into(std::string& out, const AvailabilityRequest& request, const Catalog& catalog, const Projection& projection, Instant now,
                    const AvailabilityRules& rules);

struct ProfileQuery {
  std::string_view sku;
  std::optional<std::string_view> location;
  std::optional<Date> from, to;
};
/// GET /v1/availability?sku=: every position of the item (the one at `location`, zeros where there is none yet). `atp` starts at `from`
/// (default: the location's today) and names each day on which the figure changes, up to `to`. None: no such item or location.
std::optional<ItemAvailability> profile_of(const ProfileQuery& query, const Catalog& catalog, const Projection& projection, Instant now,
                                           const AvailabilityRules& rules);

}  // namespace crossdock::promise
