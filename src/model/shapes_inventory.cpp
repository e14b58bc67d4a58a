// Members of inventory events: two kinds over one struct.
#include "crossdock/model/inventory.hpp"
#include "model/field.hpp"

namespace crossdock {
namespace {

constexpr Field reference_fields[] = {
    field<&MovementReference::kind>("kind", required, rule::plain, "which kind of document"),
    field<&MovementReference::source>("source", optional, rule::code, "whose; the event's source where absent"),
    field<&MovementReference::number>("number", required, rule::number, "its number"),
    field<&MovementReference::line>("line", optional, rule::line, "the line's place in it, from 1"),
};

constexpr Field snapshot_fields[] = {
    field<&InventoryEvent::kind>("kind", kind_word, rule::only("snapshot"), "an absolute count"),
    field<&InventoryEvent::id>("id", required, rule::number, "names the event; the same id is the same event"),
    field<&InventoryEvent::source>("source", required, rule::code, "the system that reports it"),
    field<&InventoryEvent::location>("location", required, rule::code, "where"),
    field<&InventoryEvent::sku>("sku", required, rule::code, "the item"),
    field<&InventoryEvent::epoch>("epoch", optional, rule::integer(0), "rises when the sequence starts anew"),
    field<&InventoryEvent::sequence>("sequence", required, rule::integer_or_digits(0), "grows within location, sku and epoch"),
    field<&InventoryEvent::at>("as_of", required, rule::plain, "when it was so"),
    field<&InventoryEvent::on_hand>("on_hand", required, rule::plain, "physically there"),
    field<&InventoryEvent::unavailable>("unavailable", optional, rule::not_negative, "of that, blocked or damaged"),
    field<&InventoryEvent::netted>("netted", optional, rule::plain, "what on_hand has already had taken off"),
    field<&InventoryEvent::ext>("ext", omitted, rule::free_form, "free-form data of the sender"),
};

constexpr Field movement_fields[] = {
    field<&InventoryEvent::kind>("kind", kind_word, rule::only("movement"), "a change"),
    field<&InventoryEvent::id>("id", required, rule::number, "names the event; the same id is the same event"),
    field<&InventoryEvent::source>("source", required, rule::code, "the system that reports it"),
    field<&InventoryEvent::location>("location", required, rule::code, "where"),
    field<&InventoryEvent::sku>("sku", required, rule::code, "the item"),
    field<&InventoryEvent::epoch>("epoch", optional, rule::integer(0), "rises when the sequence starts anew"),
    field<&InventoryEvent::sequence>("sequence", required, rule::integer_or_digits(0), "grows within location, sku and epoch"),
    field<&InventoryEvent::at>("occurred_at", required, rule::plain, "when it happened"),
    field<&InventoryEvent::delta>("delta", required, rule::plain, "change of on hand"),
    field<&InventoryEvent::unavailable_delta>("unavailable_delta", optional, rule::plain, "change of what is unavailable"),
    field<&InventoryEvent::reason>("reason", optional, rule::plain, "why"),
    field<&InventoryEvent::reference>("reference", optional, rule::plain, "the document that caused it"),
    field<&InventoryEvent::lot>("lot", omitted, rule::number, "the lot"),
    field<&InventoryEvent::serials>("serials", omitted, rule::number.list(0, 10'000), "serial numbers"),
    field<&InventoryEvent::expiry>("expiry", omitted, rule::plain, "the lot's expiry"),
    field<&InventoryEvent::ext>("ext", omitted, rule::free_form, "free-form data of the sender"),
};

constexpr Field change_fields[] = {
    field<&PositionChange::location>("location", required, rule::code, "where"),
    field<&PositionChange::sku>("sku", required, rule::code, "the item"),
    field<&PositionChange::on_hand>("on_hand", required, rule::plain, "physically there"),
    field<&PositionChange::unavailable>("unavailable", required, rule::plain, "of that, blocked or damaged"),
    field<&PositionChange::available_today>("available_today", required, rule::not_negative, "what may be promised today"),
    field<&PositionChange::version>("version", required, rule::integer(0), "the position's version"),
    field<&PositionChange::cause>("cause", required, rule::code, "what changed it"),
};

constexpr Field shortfall_fields[] = {
    field<&InventoryShortfall::location>("location", required, rule::code, "where"),
    field<&InventoryShortfall::sku>("sku", required, rule::code, "the item"),
    field<&InventoryShortfall::quantity>("quantity", required, rule::not_negative, "how much of what is promised is not covered"),
    field<&InventoryShortfall::version>("version", required, rule::integer(0), "the position's version"),
    field<&InventoryShortfall::orders>("orders", required, rule::plain.list(0, 10'000), "the orders concerned, newest promise first"),
};

constexpr Field gap_fields[] = {
    field<&InventoryGap::source>("source", required, rule::code, "whose feed"),
    field<&InventoryGap::location>("location", omitted, rule::code, "of a position's sequence: where"),
    field<&InventoryGap::sku>("sku", omitted, rule::code, "the item"),
    field<&InventoryGap::epoch>("epoch", omitted, rule::integer(0), "of the sequence"),
    field<&InventoryGap::topic>("topic", omitted, rule::name, "of a topic's offsets: which"),
    field<&InventoryGap::partition>("partition", omitted, rule::integer(0), "of the topic"),
    field<&InventoryGap::from>("from", required, rule::integer(0), "the first that is missing"),
    field<&InventoryGap::to>("to", required, rule::integer(0), "the last that is missing"),
};

// Where the envelope told the kind, the body need not.
void set_movement(const Rules&, void* document) { static_cast<InventoryEvent*>(document)->kind = InventoryKind::movement; }

std::size_t kind_of(const void* document) { return static_cast<std::size_t>(static_cast<const InventoryEvent*>(document)->kind); }

}  // namespace

const Shape& shape_of(Of<MovementReference>) {
  static const Shape shape("MovementReference", "The document that caused a movement.", reference_fields);
  return shape;
}

const Shape& snapshot_shape() {
  static const Shape shape("InventorySnapshot", "An absolute count of a position.", snapshot_fields);
  return shape;
}

const Shape& movement_shape() {
  static const Shape shape("InventoryMovement", "A change of a position.", movement_fields, set_movement);
  return shape;
}

const Shape& shape_of(Of<InventoryEvent>) {
  static const Shape shape("InventoryEvent", "What the stock owner of a location reports.", "kind", {&snapshot_shape(), &movement_shape()},
                           Words<InventoryKind>::list, kind_of);
  return shape;
}

const Shape& shape_of(Of<PositionChange>) {
  static const Shape shape("PositionChange", "A position after a change.", change_fields);
  return shape;
}

const Shape& shape_of(Of<InventoryShortfall>) {
  static const Shape shape("InventoryShortfall", "Stock fell below what is promised.", shortfall_fields);
  return shape;
}

const Shape& shape_of(Of<InventoryGap>) {
  static const Shape shape("InventoryGap", "A position's missing sequence, or a topic's lost offsets.", gap_fields);
  return shape;
}

}  // namespace crossdock
