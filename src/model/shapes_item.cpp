// Members of items and prices.
#include "crossdock/base/id.hpp"
#include "crossdock/model/master.hpp"
#include "model/field.hpp"
#include "model/rules.hpp"

namespace crossdock {
namespace {

constexpr std::int64_t largest_factor = 1'000'000'000'000;

constexpr Field unit_fields[] = {
    field<&Unit::uom>("uom", required, rule::uom, "UN/ECE Rec 20; not the base unit"),
    field<&Unit::numerator>("numerator", required, rule::integer_or_digits(1, largest_factor), "base units per uom, above the line"),
    field<&Unit::denominator>("denominator", required, rule::integer_or_digits(1, largest_factor), "below the line"),
};

constexpr Field safety_fields[] = {
    field<&SafetyStock::location>("location", required, rule::code, "where"),
    field<&SafetyStock::quantity>("quantity", required, rule::not_negative, "what is kept back"),
};

constexpr Field item_fields[] = {
    field<&Item::sku>("sku", required, rule::code, "names the item"),
    field<&Item::description>("description", optional, rule::text, "for people"),
    field<&Item::status>("status", optional, rule::plain, "whether it may be sold"),
    field<&Item::base_uom>("base_uom", required, rule::uom, "the unit that stock is kept in"),
    field<&Item::units>("units", optional, rule::plain, "other units that it is sold in"),
    field<&Item::gtin>("gtin", optional, rule::code, "GTIN-8, -12, -13 or -14"),
    field<&Item::minimum>("minimum", optional, rule::not_negative, "least quantity of an order's line, in the base unit"),
    field<&Item::multiple>("multiple", optional, rule::above_zero, "sold in multiples of this, in the base unit"),
    field<&Item::maximum>("maximum", optional, rule::above_zero, "greatest quantity of an order's line, in the base unit"),
    field<&Item::safety_stock>("safety_stock", optional, rule::plain.list(0, 10'000), "kept back, by location"),
    field<&Item::weight_kg>("weight_kg", optional, rule::not_negative, "of one base unit"),
    field<&Item::lead_time_days>("lead_time_days", optional, rule::integer(0, 36'500), "from order to ship date, at least"),
    field<&Item::lot_tracked>("lot_tracked", optional, rule::plain, "whether lots are reported"),
    field<&Item::identifiers>("identifiers", omitted, rule::plain.list(0, 1000), "its names elsewhere"),
    field<&Item::source>("source", optional, rule::plain, "the caller's own where absent"),
    field<&Item::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field price_fields[] = {
    field<&Price::id>("id", required, rule::number, "names the price"),
    field<&Price::sku>("sku", required, rule::code, "the item"),
    field<&Price::customer>("customer", optional, rule::code, "everybody's where absent"),
    field<&Price::currency>("currency", required, rule::currency, "ISO 4217"),
    field<&Price::amount>("amount", required, rule::not_negative, "for `per` of `uom`"),
    field<&Price::per>("per", optional, rule::above_zero, "the quantity that the amount buys"),
    field<&Price::uom>("uom", optional, rule::uom, "the item's base unit where absent"),
    field<&Price::min_quantity>("min_quantity", optional, rule::not_negative, "from this quantity on, in uom"),
    field<&Price::valid_from>("valid_from", optional, rule::plain, "the first day"),
    field<&Price::valid_to>("valid_to", optional, rule::plain, "the last day"),
    field<&Price::source>("source", optional, rule::plain, "the caller's own where absent"),
    field<&Price::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

void check_item(const Rules& rules, void* document) {
  const auto& item = *static_cast<const Item*>(document);
  const Path units = rules.path.member("units");
  for (std::size_t i = 0; i < item.units.size(); ++i) {
    if (item.units[i].uom.empty() || item.units[i].uom != item.base_uom) continue;
    const Path unit = units.at(i);
    rules.reader.mistake(unit.member("uom"), "not_allowed", "is the base unit, which is not listed");
  }
  unique_in_list(rules, item.units, "units", "uom", [](const Unit& unit) { return std::string_view(unit.uom); });
  unique_in_list(rules, item.safety_stock, "safety_stock", "location",
                 [](const SafetyStock& stock) { return std::string_view(stock.location); });
  if (rules.sound("gtin") && item.gtin && !valid_gtin(*item.gtin))
    rules.reader.mistake(rules.path.member("gtin"), "wrong_type", "is no valid GTIN: length or check digit is wrong");
  if (rules.sound("minimum") && rules.sound("maximum") && item.minimum && item.maximum && *item.maximum < *item.minimum)
    rules.reader.mistake(rules.path.member("maximum"), "out_of_range", "must not be below the minimum");
}

void check_price(const Rules& rules, void* document) {
  const auto& price = *static_cast<const Price*>(document);
  const bool readable = rules.sound("valid_from") && rules.sound("valid_to");
  if (readable && price.valid_from && price.valid_to && *price.valid_to < *price.valid_from)
    rules.reader.mistake(rules.path.member("valid_to"), "out_of_range", "must not be before valid_from");
}

}  // namespace

const Shape& shape_of(Of<Unit>) {
  static const Shape shape("Unit", "Base units per uom, as a fraction.", unit_fields);
  return shape;
}

const Shape& shape_of(Of<SafetyStock>) {
  static const Shape shape("SafetyStock", "What is kept back at a location.", safety_fields);
  return shape;
}

const Shape& shape_of(Of<Item>) {
  static const Shape shape("Item", "What is sold and stocked.", item_fields, check_item);
  return shape;
}

const Shape& shape_of(Of<Price>) {
  static const Shape shape("Price", "A price of an item.", price_fields, check_price);
  return shape;
}

}  // namespace crossdock
