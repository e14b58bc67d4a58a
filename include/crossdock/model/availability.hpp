// The availability check and the view of positions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/common.hpp"

namespace crossdock {

enum class AvailabilityStatus { available, partial, unavailable, unknown_item, unknown_location, indeterminate };
template <>
struct Words<AvailabilityStatus> {
  static constexpr auto list = words("available", "partial", "unavailable", "unknown_item", "unknown_location", "indeterminate");
};

struct AvailabilityLineRequest {
  std::string sku;
  Decimal quantity;
  std::optional<std::string> uom;
  std::optional<Date> date;            ///< today where absent
  std::vector<std::string> locations;  ///< all where empty
  friend bool operator==(const AvailabilityLineRequest&, const AvailabilityLineRequest&) = default;
};

struct AvailabilityRequest {
  std::vector<AvailabilityLineRequest> lines;
  friend bool operator==(const AvailabilityRequest&, const AvailabilityRequest&) = default;
};

struct Confirmation {
  Decimal quantity;
  Date date;
  std::string location;
  friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

struct LocationAvailability {
  std::string location;
  Decimal available;
  Decimal on_hand;
  std::optional<Instant> as_of;
  std::optional<std::int64_t> age_ms;
  bool stale = false;
  friend bool operator==(const LocationAvailability&, const LocationAvailability&) = default;
};

struct AvailabilityLine {
  std::string sku;
  AvailabilityStatus status = AvailabilityStatus::unavailable;
  Decimal requested;
  std::optional<std::string> uom;
  std::optional<Date> date;
  Decimal available;
  std::vector<Confirmation> confirmed;
  std::optional<Date> earliest_full_date;
  std::vector<LocationAvailability> locations;
  friend bool operator==(const AvailabilityLine&, const AvailabilityLine&) = default;
};

struct AvailabilityAnswer {
  Instant as_of;
  std::string method = "cumulative_lookahead";
  std::vector<AvailabilityLine> lines;
  friend bool operator==(const AvailabilityAnswer&, const AvailabilityAnswer&) = default;
};

struct AtpStep {
  Date date;
  Decimal available;
  friend bool operator==(const AtpStep&, const AtpStep&) = default;
};

struct PositionView {
  std::string location;
  Decimal on_hand;
  Decimal unavailable;
  Decimal safety_stock;
  std::int64_t version = 0;
  std::optional<Instant> as_of;
  std::optional<std::int64_t> age_ms;
  bool stale = false;
  std::vector<AtpStep> atp;
  friend bool operator==(const PositionView&, const PositionView&) = default;
};

/// The answer of GET /v1/availability?sku=.
struct ItemAvailability {
  std::string sku;
  std::string uom;
  Instant as_of;
  std::string method = "cumulative_lookahead";
  std::vector<PositionView> locations;
  friend bool operator==(const ItemAvailability&, const ItemAvailability&) = default;
};

}  // namespace crossdock
