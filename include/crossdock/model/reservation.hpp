// Reservations: soft holds with a time limit.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/common.hpp"

namespace crossdock {

enum class ReservationPolicy { all_or_nothing, per_line };
template <>
struct Words<ReservationPolicy> {
  static constexpr auto list = words("all_or_nothing", "per_line");
};

enum class ReservationState { created, updated, released, expired, committed, consumed };
template <>
struct Words<ReservationState> {
  static constexpr auto list = words("created", "updated", "released", "expired", "committed", "consumed");
};

struct ReservationLineRequest {
  std::string sku;
  Decimal quantity;
  std::optional<std::string> uom;
  std::string location;
  std::optional<Date> date;  ///< the ship date; today where absent
  friend bool operator==(const ReservationLineRequest&, const ReservationLineRequest&) = default;
};

struct ReservationRequest {
  std::optional<std::string> reference;
  std::int64_t ttl_seconds = 900;
  ReservationPolicy policy = ReservationPolicy::all_or_nothing;
  std::vector<ReservationLineRequest> lines;
  RawJson ext;
  friend bool operator==(const ReservationRequest&, const ReservationRequest&) = default;
};

struct ReservationLine {
  std::string sku;
  std::string location;
  Decimal requested;
  Decimal granted;
  std::optional<std::string> uom;
  std::optional<Date> date;
  std::int64_t version = 0;  ///< of the position, made by the grant or, of a refusal, rested on
  friend bool operator==(const ReservationLine&, const ReservationLine&) = default;
};

struct Reservation {
  std::string id;
  ReservationState state = ReservationState::created;
  std::optional<std::string> reference;
  Instant expires_at;
  std::vector<ReservationLine> lines;
  RawJson ext;
  friend bool operator==(const Reservation&, const Reservation&) = default;
};

/// The body of POST /v1/reservations/{id}/extend: counts from now.
struct ExtendRequest {
  std::int64_t ttl_seconds = 0;
  friend bool operator==(const ExtendRequest&, const ExtendRequest&) = default;
};

}  // namespace crossdock
