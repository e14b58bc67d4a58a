// The checks of lines: item, location, unit, quantity, price.
#include <algorithm>

#include "validation/money.hpp"
#include "validation/pass.hpp"
#include "validation/price.hpp"

namespace crossdock::validation {

namespace {

/// Units that are counted, not measured (UN/ECE Rec 20 and 21): a half makes no sense.
constexpr std::string_view counted[] = {"EA", "C62", "H87", "PCE", "CS", "CT", "BX", "PK", "DZN",
                                        "PR", "SET", "BG",  "BO",  "CA", "PF", "KT", "NMP"};

bool is_counted(std::string_view uom) { return std::find(std::begin(counted), std::end(counted), uom) != std::end(counted); }

/// Our SKU for a line: its own, or what its customer's or its GTIN stands for.
std::string sku_of(const Pass& pass, const OrderLineRequest& line) {
  if (!line.sku.empty()) return line.sku;
  if (!line.customer_sku) return {};
  if (const auto sku = pass.catalog.sku_of_customer(pass.order.customer, *line.customer_sku)) return *sku;
  return pass.catalog.sku_of_gtin(*line.customer_sku).value_or("");
}

void check_item(Pass& pass, std::size_t i) {
  const auto& line = pass.order.lines[i];
  auto& made = pass.out.lines[i];
  made.requested = line.requested_date ? line.requested_date : pass.order.requested_date;
  made.sku = sku_of(pass, line);
  const auto member = line.sku.empty() ? "customer_sku" : "sku";
  if (!made.sku.empty()) pass.items[i] = pass.catalog.item(made.sku);
  if (!pass.items[i]) {
    pass.note(
        {Code::item_unknown, line_pointer(i, member), line.sku.empty() ? line.customer_sku : line.sku, std::nullopt, {}, std::nullopt});
    return;
  }
  pass.out.order.lines[i].sku = made.sku;
  made.base_uom = pass.items[i]->base_uom.text();
  made.usable = true;
  const auto status = pass.items[i]->status;
  if (status == ItemStatus::blocked) pass.note({Code::item_blocked, line_pointer(i, member), made.sku, std::nullopt, {}, std::nullopt});
  if (status == ItemStatus::discontinued) {
    pass.note({Code::item_discontinued, line_pointer(i, member), made.sku, std::nullopt, {}, std::nullopt});
  }
}

void check_location(Pass& pass, std::size_t i) {
  const auto& location = pass.order.lines[i].location;
  if (!location || pass.locations->find(*location)) return;
  pass.note({Code::location_unknown, line_pointer(i, "location"), location, std::nullopt, {}, std::nullopt});
  pass.out.lines[i].usable = false;
}

void check_unit(Pass& pass, std::size_t i) {
  const auto& line = pass.order.lines[i];
  auto& made = pass.out.lines[i];
  if (!pass.items[i]) return;
  made.uom = line.uom.value_or(made.base_uom);
  const auto factor = pass.items[i]->factor(made.uom);
  if (!factor) {
    std::string known = made.base_uom;
    for (const auto& unit : pass.items[i]->units) known += ", " + unit.uom.text();
    pass.note({Code::unit_no_conversion, line_pointer(i, "uom"), made.uom, known, {}, std::nullopt});
    made.usable = false;
    return;
  }
  pass.out.order.lines[i].uom = made.uom;
  made.factor = *factor;
  made.base_quantity = to_base(line.quantity, *factor).quantity;
}

/// The nearest quantity in the base unit that the item's rules allow; none if they contradict each other.
std::optional<Decimal> allowed_quantity(const promise::CatalogItem& item, Decimal quantity) {
  quantity = max(quantity, item.minimum.value());
  const Decimal step = item.multiple.value();
  if (step.positive() && !quantity.multiple_of(step)) quantity = quantity.down_to_multiple_of(step) + step;
  if (item.maximum.said() && quantity > item.maximum.value()) {
    quantity = item.maximum.value();
    if (step.positive()) quantity = quantity.down_to_multiple_of(step);
  }
  if (!quantity.positive() || quantity < item.minimum.value()) return std::nullopt;
  return quantity;
}

/// Says what is wrong with a quantity and what would be right, in the line's unit; makes the change where it is welcome.
void propose_quantity(Pass& pass, std::size_t i, Code code, Decimal limit) {
  auto& made = pass.out.lines[i];
  const auto wanted = allowed_quantity(*pass.items[i], made.base_quantity);
  const auto shown = wanted ? from_base(*wanted, made.factor) : Converted{{}, false};
  const bool possible = shown.exact && wanted;
  const auto right = from_base(limit, made.factor).quantity.text();
  auto& finding = pass.note({code, line_pointer(i, "quantity"), pass.order.lines[i].quantity.text(), right, {}, std::nullopt});
  if (possible) finding.suggestion = "order " + shown.quantity.text() + " " + made.uom;
  // What nobody can propose, nobody can accept.
  if (!possible && finding.severity == Severity::change) finding.severity = Severity::reject;
  if (possible && pass.changes(code)) {
    pass.out.order.lines[i].quantity = shown.quantity;
    made.base_quantity = *wanted;
  }
}

void check_quantity(Pass& pass, std::size_t i) {
  const auto& item = *pass.items[i];
  auto& made = pass.out.lines[i];
  const Decimal asked = made.base_quantity;
  if (item.minimum.said() && asked < item.minimum.value()) {
    propose_quantity(pass, i, Code::quantity_below_minimum, item.minimum.value());
  } else if (item.maximum.said() && asked > item.maximum.value()) {
    propose_quantity(pass, i, Code::quantity_above_maximum, item.maximum.value());
  } else if (item.multiple.said() && !asked.multiple_of(item.multiple.value())) {
    propose_quantity(pass, i, Code::quantity_not_multiple, item.multiple.value());
  }
  if (!item.multiple.said() && is_counted(made.uom) && !pass.order.lines[i].quantity.whole()) {
    pass.note({Code::quantity_fractional, line_pointer(i, "quantity"), pass.order.lines[i].quantity.text(), std::nullopt, made.uom,
               std::nullopt});
  }
  // A quantity that is no multiple and passes all the same, by rule, is not rounded behind its back.
  if (item.multiple.said() && made.base_quantity.multiple_of(item.multiple.value())) made.step = item.multiple.value();
}

/// |given - listed| beyond the tolerance. A listed price that six places cannot hold also passes when rounded to the currency.
bool differs(const Pass& pass, Decimal given, const PriceAnswer& listed) {
  const Decimal price = *listed.unit_price;
  const Decimal difference = given < price ? price - given : given - price;
  if (difference.units() * Decimal::one <= pass.rules.price_tolerance.units() * price.units()) return false;
  return listed.exact || given != price.rounded(pass.exponent);
}

void compare_price(Pass& pass, std::size_t i, Decimal given, const PriceAnswer& listed) {
  if (!listed.unit_price) {
    if (listed.expired) pass.note({Code::price_expired, line_pointer(i, "unit_price"), given.text(), std::nullopt, {}, std::nullopt});
    return;  // with nothing to compare it stands
  }
  if (!differs(pass, given, listed)) return;
  const auto right = listed.unit_price->text();
  auto& finding = pass.note({Code::price_mismatch, line_pointer(i, "unit_price"), given.text(), right, listed.id, std::nullopt});
  finding.suggestion = "order at " + right + " " + pass.order.currency;
  if (pass.changes(Code::price_mismatch)) pass.out.lines[i].unit_price = listed.unit_price;
}

void check_price(Pass& pass, std::size_t i) {
  auto& line = pass.out.order.lines[i];
  auto& made = pass.out.lines[i];
  made.unit_price = line.unit_price;
  if (pass.items[i] && made.usable && pass.rules.price.made) {
    const Date on = pass.order.order_date.value_or(pass.today(line));
    const auto prices = pass.catalog.prices(made.sku);
    const auto listed =
        price_of({*pass.items[i], pass.order.customer, pass.order.currency, on, made.base_quantity, made.factor}, prices.get());
    if (line.unit_price) {
      compare_price(pass, i, *line.unit_price, listed);
    } else if (listed.unit_price) {
      made.unit_price = listed.unit_price;
    } else {
      pass.note({listed.expired ? Code::price_expired : Code::price_missing, line_pointer(i, "unit_price"), std::nullopt, std::nullopt,
                 made.sku, std::nullopt});
    }
  }
  line.unit_price = made.unit_price;
  if (made.unit_price) made.amount = amount_of(line.quantity, *made.unit_price, pass.exponent);
}

}  // namespace

void check_items(Pass& pass) {
  for (std::size_t i = 0; i < pass.order.lines.size(); ++i) {
    check_item(pass, i);
    check_location(pass, i);
    check_unit(pass, i);
  }
  pass.finish("item", pass.rules.item);
  pass.finish("unit", pass.rules.item);
}

void check_quantities(Pass& pass) {
  for (std::size_t i = 0; i < pass.order.lines.size(); ++i) {
    if (pass.out.lines[i].usable) check_quantity(pass, i);
    if (pass.items[i]) pass.out.lines[i].weight_kg = pass.items[i]->weight_kg.value() * pass.out.lines[i].base_quantity;
  }
  pass.finish("quantity", pass.rules.item);
}

void check_prices(Pass& pass) {
  for (std::size_t i = 0; i < pass.order.lines.size(); ++i) check_price(pass, i);
  pass.finish("price", pass.rules.price);
}

}  // namespace crossdock::validation
