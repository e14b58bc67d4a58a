// Members of reservations.
#include "crossdock/model/reservation.hpp"
#include "model/field.hpp"

namespace crossdock {
namespace {

constexpr std::int64_t longest_ttl = 366LL * 24 * 3600;
constexpr std::size_t most_lines = 1000;

constexpr Field reservation_line_request_fields[] = {
    field<&ReservationLineRequest::sku>("sku", required, rule::code, "the item"),
    field<&ReservationLineRequest::quantity>("quantity", required, rule::above_zero, "how much, in uom"),
    field<&ReservationLineRequest::location>("location", required, rule::code, "at which location"),
    field<&ReservationLineRequest::date>("date", optional, rule::plain, "the ship date; today where absent"),
    field<&ReservationLineRequest::uom>("uom", optional, rule::uom, "the item's base unit where absent"),
};

constexpr Field reservation_request_fields[] = {
    field<&ReservationRequest::reference>("reference", optional, rule::note, "the caller's own name for it"),
    field<&ReservationRequest::ttl_seconds>("ttl_seconds", optional, rule::integer(1, longest_ttl), "how long it holds; 900 where absent"),
    field<&ReservationRequest::policy>("policy", optional, rule::plain, "all lines in full or none, or what there is of each"),
    field<&ReservationRequest::lines>("lines", required, rule::plain.list(1, most_lines), "what is held"),
    field<&ReservationRequest::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field reservation_line_fields[] = {
    field<&ReservationLine::sku>("sku", required, rule::code, "the item"),
    field<&ReservationLine::location>("location", required, rule::code, "at which location"),
    field<&ReservationLine::requested>("requested", required, rule::above_zero, "what was asked for"),
    field<&ReservationLine::granted>("granted", required, rule::not_negative, "what is held"),
    field<&ReservationLine::uom>("uom", omitted, rule::uom, "as asked for"),
    field<&ReservationLine::date>("date", optional, rule::plain, "as asked for"),
    field<&ReservationLine::version>("version", required, rule::integer(0), "the position's version that the decision made or rested on"),
};

constexpr Field reservation_fields[] = {
    field<&Reservation::id>("id", required, rule::code, "UUIDv7"),
    field<&Reservation::state>("state", required, rule::plain, "where it stands"),
    field<&Reservation::reference>("reference", optional, rule::note, "the caller's own name for it"),
    field<&Reservation::expires_at>("expires_at", required, rule::plain, "when it ends by itself"),
    field<&Reservation::lines>("lines", required, rule::plain.list(0, most_lines), "what is held"),
    field<&Reservation::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field extend_fields[] = {
    field<&ExtendRequest::ttl_seconds>("ttl_seconds", required, rule::integer(1, longest_ttl), "how long from now"),
};

}  // namespace

const Shape& shape_of(Of<ReservationLineRequest>) {
  static const Shape shape("ReservationLineRequest", "A quantity to be held at a location.", reservation_line_request_fields);
  return shape;
}

const Shape& shape_of(Of<ReservationRequest>) {
  static const Shape shape("ReservationRequest", "Soft holds with a time limit.", reservation_request_fields);
  return shape;
}

const Shape& shape_of(Of<ReservationLine>) {
  static const Shape shape("ReservationLine", "A quantity held at a location.", reservation_line_fields);
  return shape;
}

const Shape& shape_of(Of<Reservation>) {
  static const Shape shape("Reservation", "What was held, and where it stands.", reservation_fields);
  return shape;
}

const Shape& shape_of(Of<ExtendRequest>) {
  static const Shape shape("ExtendRequest", "A longer time.", extend_fields);
  return shape;
}

}  // namespace crossdock
