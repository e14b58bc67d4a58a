#include "sim/catalogue.hpp"

#include <algorithm>

namespace crossdock::sim {

namespace {

bool one_in(std::string_view salt, std::string_view name, std::uint64_t n) {
  return lot_of(std::string(salt) + std::string(name)) % n == 0;
}

Customer make_customer(const std::string& number, const std::string& country) {
  Customer customer;
  customer.number = number;
  customer.country = country;
  static constexpr std::string_view wishes[] = {"backorder", "backorder", "partial", "partial", "reject"};
  customer.on_shortage = wishes[lot_of("wish" + number) % 5];
  customer.limit = Decimal::of(20'000);
  customer.exposure = Decimal::of(static_cast<std::int64_t>(lot_of("owes" + number) % 500));
  if (number == "CASH") {
    customer.limit = Decimal::of(1'000'000);
    customer.on_shortage = "partial";
    return customer;
  }
  if (one_in("blocked", number, 60)) customer.status = "blocked";
  if (one_in("credit hold", number, 30)) customer.hold = true;
  if (one_in("past due", number, 40)) customer.past_due = Decimal::of(75);
  if (one_in("low limit", number, 12)) customer.limit = customer.exposure + Decimal::of(250);
  return customer;
}

/// The price most often asked; of equally frequent ones the lowest.
Decimal usual(const std::map<Decimal, int>& seen) {
  auto best = seen.begin();
  for (auto it = seen.begin(); it != seen.end(); ++it)
    if (it->second > best->second) best = it;
  return best->first;
}

/// Everybody's price of an item is the usual one of named customers (counter sales carry tax); a customer who usually pays another has
/// one of its own.
void make_prices(Catalogue& out) {
  std::map<std::string, std::map<Decimal, int>> named, all;
  std::map<std::pair<std::string, std::string>, std::map<Decimal, int>> own;
  for (const auto& order : out.orders) {
    for (const auto& line : order.lines) {
      ++all[line.sku][line.price];
      if (order.customer != "CASH") ++named[line.sku][line.price];
      ++own[{line.sku, order.customer}][line.price];
    }
  }
  for (const auto& [sku, seen] : all) {
    const auto it = named.find(sku);
    out.prices.push_back({"P-" + sku, sku, "", usual(it == named.end() ? seen : it->second)});
  }
  const auto listed = out;  // only everybody's prices
  for (const auto& [key, seen] : own) {
    const auto amount = usual(seen);
    if (amount != listed.price(key.first, "")) out.prices.push_back({"P-" + key.first + "-" + key.second, key.first, key.second, amount});
  }
  std::sort(out.prices.begin(), out.prices.end(),
            [](const Price& a, const Price& b) { return std::tie(a.sku, a.customer) < std::tie(b.sku, b.customer); });
}

/// Stock covers what all orders want, but for one item in twenty; half of those are on order.
void make_stock(Catalogue& out) {
  for (const auto& [sku, item] : out.items) {
    auto total = item.demand + item.demand / 4 + 10;
    if (one_in("short", sku, 20)) {
      total = one_in("none", sku, 3) ? 0 : item.demand / 2;
      const auto place = one_in("dock", sku, 2) ? east : west;
      if (one_in("on order", sku, 2)) out.supplies.push_back({"PO-" + sku, sku, std::string(place), item.demand, 10});
    }
    static constexpr int shares[] = {100, 60, 60, 0};
    const auto here = total * shares[lot_of("split" + sku) % 4] / 100;
    out.stock[std::string(east)][sku] = here;
    out.stock[std::string(west)][sku] = total - here;
  }
}

}  // namespace

std::uint64_t lot_of(std::string_view name) {
  std::uint64_t hash = 1469598103934665603U;
  for (const unsigned char c : name) hash = (hash ^ c) * 1099511628211U;
  hash ^= hash >> 33U;  // FNV's low bits follow the last character
  hash *= 0xff51afd7ed558ccdU;
  return hash ^ (hash >> 33U);
}

Decimal Catalogue::price(std::string_view sku, std::string_view customer) const {
  // Sorted by item and customer: everybody's comes first.
  const auto find = [&](std::string_view who) {
    const auto it = std::lower_bound(prices.begin(), prices.end(), std::pair(sku, who), [](const Price& price, const auto& key) {
      return std::pair(std::string_view(price.sku), std::string_view(price.customer)) < key;
    });
    return it != prices.end() && it->sku == sku && it->customer == who ? &*it : nullptr;
  };
  const auto* own = customer.empty() ? nullptr : find(customer);
  const auto* general = own ? own : find("");
  return general ? general->amount : Decimal();
}

Catalogue make_catalogue(const Retail& retail) {
  Catalogue out;
  out.orders = retail.orders;
  for (const auto& order : out.orders) {
    out.customers.try_emplace(order.customer, make_customer(order.customer, order.country));
    for (const auto& line : order.lines) {
      auto& item = out.items[line.sku];
      if (item.sku.empty()) item = {line.sku, line.description, one_in("discontinued", line.sku, 500) ? "discontinued" : "active", 0};
      item.demand += line.quantity;
    }
  }
  make_prices(out);
  make_stock(out);
  out.methods = {{"GROUND", "RMAIL", "By road", {"GB", "IE"}}, {"AIR", "SKYWAY", "By air", {"AU", "DE", "FR", "IE", "NL", "NO"}}};
  return out;
}

std::string order_number(const RetailOrder& order) { return "W-" + order.number; }

}  // namespace crossdock::sim
