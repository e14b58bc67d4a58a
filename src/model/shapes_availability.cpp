// Members of the availability check and of the view of positions.
#include "crossdock/model/availability.hpp"
#include "model/field.hpp"

namespace crossdock {
namespace {

constexpr Field availability_line_request_fields[] = {
    field<&AvailabilityLineRequest::sku>("sku", required, rule::code, "the item"),
    field<&AvailabilityLineRequest::quantity>("quantity", required, rule::above_zero, "how much, in uom"),
    field<&AvailabilityLineRequest::date>("date", optional, rule::plain, "the ship date; today where absent"),
    field<&AvailabilityLineRequest::locations>("locations", omitted, rule::code.list(1, 1000), "from where; all where absent"),
    field<&AvailabilityLineRequest::uom>("uom", optional, rule::uom, "the item's base unit where absent; holds for the answer"),
};

constexpr Field availability_request_fields[] = {
    field<&AvailabilityRequest::lines>("lines", required, rule::plain.list(1, 200), "what is asked; each sees what earlier ones took"),
};

constexpr Field confirmation_fields[] = {
    field<&Confirmation::quantity>("quantity", required, rule::above_zero, "how much"),
    field<&Confirmation::date>("date", required, rule::plain, "the earliest ship date on which it can go"),
    field<&Confirmation::location>("location", required, rule::code, "from where"),
};

constexpr Field location_availability_fields[] = {
    field<&LocationAvailability::location>("location", required, rule::code, "where"),
    field<&LocationAvailability::available>("available", required, rule::plain, "what may be promised by the date"),
    field<&LocationAvailability::on_hand>("on_hand", required, rule::plain, "physically there"),
    field<&LocationAvailability::as_of>("as_of", optional, rule::plain, "when that was known"),
    field<&LocationAvailability::age_ms>("age_ms", optional, rule::integer(0), "the age of the feed that it rests on"),
    field<&LocationAvailability::stale>("stale", required, rule::plain, "whether that is beyond its limit"),
};

constexpr Field availability_line_fields[] = {
    field<&AvailabilityLine::sku>("sku", required, rule::code, "the item"),
    field<&AvailabilityLine::status>("status", required, rule::plain, "judges the date asked"),
    field<&AvailabilityLine::requested>("requested", required, rule::above_zero, "what was asked for"),
    field<&AvailabilityLine::uom>("uom", omitted, rule::uom, "of all quantities of the line"),
    field<&AvailabilityLine::date>("date", omitted, rule::plain, "the date asked"),
    field<&AvailabilityLine::available>("available", required, rule::plain, "what may be promised by that date"),
    field<&AvailabilityLine::confirmed>("confirmed", required, rule::many, "what could go, when, from where"),
    field<&AvailabilityLine::earliest_full_date>("earliest_full_date", optional, rule::plain, "the first date on which all could go"),
    field<&AvailabilityLine::locations>("locations", required, rule::many, "each location that was asked"),
};

constexpr Field availability_answer_fields[] = {
    field<&AvailabilityAnswer::as_of>("as_of", required, rule::plain, "when"),
    field<&AvailabilityAnswer::method>("method", required, rule::code, "how it was reckoned"),
    field<&AvailabilityAnswer::lines>("lines", required, rule::many, "in the order asked"),
};

constexpr Field atp_step_fields[] = {
    field<&AtpStep::date>("date", required, rule::plain, "from this date on"),
    field<&AtpStep::available>("available", required, rule::plain, "so much may be promised"),
};

constexpr Field position_view_fields[] = {
    field<&PositionView::location>("location", required, rule::code, "where"),
    field<&PositionView::on_hand>("on_hand", required, rule::plain, "physically there"),
    field<&PositionView::unavailable>("unavailable", required, rule::plain, "of that, blocked or damaged"),
    field<&PositionView::safety_stock>("safety_stock", required, rule::plain, "of that, kept back"),
    field<&PositionView::version>("version", required, rule::integer(0), "grows by one with each decision"),
    field<&PositionView::as_of>("as_of", optional, rule::plain, "when that was known"),
    field<&PositionView::age_ms>("age_ms", optional, rule::integer(0), "the age of the feed that it rests on"),
    field<&PositionView::stale>("stale", required, rule::plain, "whether that is beyond its limit"),
    field<&PositionView::atp>("atp", required, rule::many, "each date on which the figure changes"),
};

constexpr Field item_availability_fields[] = {
    field<&ItemAvailability::sku>("sku", required, rule::code, "the item"),
    field<&ItemAvailability::uom>("uom", required, rule::uom, "its base unit, of all quantities here"),
    field<&ItemAvailability::as_of>("as_of", required, rule::plain, "when"),
    field<&ItemAvailability::method>("method", required, rule::code, "how it was reckoned"),
    field<&ItemAvailability::locations>("locations", required, rule::many, "its positions"),
};

}  // namespace

const Shape& shape_of(Of<AvailabilityLineRequest>) {
  static const Shape shape("AvailabilityLineRequest", "A quantity of an item by a date.", availability_line_request_fields);
  return shape;
}

const Shape& shape_of(Of<AvailabilityRequest>) {
  static const Shape shape("AvailabilityRequest", "What could be promised; changes nothing.", availability_request_fields);
  return shape;
}

const Shape& shape_of(Of<Confirmation>) {
  static const Shape shape("Confirmation", "So much could go, from there, on that ship date.", confirmation_fields);
  return shape;
}

const Shape& shape_of(Of<LocationAvailability>) {
  static const Shape shape("LocationAvailability", "A location's part in a line's answer.", location_availability_fields);
  return shape;
}

const Shape& shape_of(Of<AvailabilityLine>) {
  static const Shape shape("AvailabilityLine", "The answer to a line.", availability_line_fields);
  return shape;
}

const Shape& shape_of(Of<AvailabilityAnswer>) {
  static const Shape shape("AvailabilityAnswer", "The answer to an availability check.", availability_answer_fields);
  return shape;
}

const Shape& shape_of(Of<AtpStep>) {
  static const Shape shape("AtpStep", "A step of the ATP curve.", atp_step_fields);
  return shape;
}

const Shape& shape_of(Of<PositionView>) {
  static const Shape shape("PositionView", "A position and its ATP by date.", position_view_fields);
  return shape;
}

const Shape& shape_of(Of<ItemAvailability>) {
  static const Shape shape("ItemAvailability", "An item's positions.", item_availability_fields);
  return shape;
}

}  // namespace crossdock
