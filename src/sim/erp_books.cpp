#include "sim/erp_books.hpp"

#include <algorithm>

#include "crossdock/base/json.hpp"

namespace crossdock::sim {

namespace {

ErpAnswer refused(int status, std::string_view why) {
  ErpAnswer answer{status, {}};
  json::Writer(answer.body).begin_object().key("error").string(why).end_object();
  return answer;
}

}  // namespace

ErpBooks::ErpBooks(const Catalogue& catalogue) {
  for (const auto& [number, customer] : catalogue.customers) accounts_["C-" + number].customer = customer;
  for (const auto& method : catalogue.methods) methods_[method.code] = method;
}

ErpAnswer ErpBooks::credit(std::string_view customer, Instant now) {
  const auto it = accounts_.find(customer);
  if (it == accounts_.end()) {
    ++counts_["refused"];
    return refused(404, "no such customer");
  }
  auto& account = it->second;
  ++counts_["credit"];
  ++account.asked;
  account.last = now;
  ErpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("customer").string(customer).key("limit").decimal(account.customer.limit);
  out.key("exposure").decimal(account.customer.exposure).key("hold").boolean(account.customer.hold);
  out.key("past_due").decimal(account.customer.past_due).key("currency").string("GBP").key("as_of").instant(now).end_object();
  return answer;
}

ErpAnswer ErpBooks::method(std::string_view code, std::optional<std::string_view> country, std::optional<std::string_view> weight_kg) {
  const auto it = methods_.find(code);
  const bool weighed = !weight_kg || weight_kg->empty() || Decimal::parse(*weight_kg);
  if (it == methods_.end() || !country || country->size() != 2 || !weighed) {
    ++counts_["refused"];
    return it == methods_.end() ? refused(404, "no such shipping method") : refused(400, "country wants two letters, weight_kg a decimal");
  }
  ++counts_["shipping_method"];
  const auto& method = it->second;
  const bool eligible = std::find(method.countries.begin(), method.countries.end(), *country) != method.countries.end();
  ErpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("code").string(code).key("eligible").boolean(eligible);
  if (!eligible) out.key("reason").string(method.name + " does not go to " + std::string(*country));
  out.end_object();
  return answer;
}

void ErpBooks::missed(std::string_view fault) { ++counts_[std::string(fault)]; }

std::string ErpBooks::books() const {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("counts").begin_object();
  for (const auto& [name, count] : counts_) out.key(name).integer(static_cast<std::int64_t>(count));
  out.end_object().key("customers").begin_array();
  for (const auto& [number, account] : accounts_) {
    out.begin_object().key("number").string(number).key("limit").decimal(account.customer.limit);
    out.key("exposure").decimal(account.customer.exposure).key("hold").boolean(account.customer.hold);
    out.key("past_due").decimal(account.customer.past_due).key("asked").integer(static_cast<std::int64_t>(account.asked));
    if (account.last) out.key("last").instant(*account.last);
    out.end_object();
  }
  out.end_array().end_object();
  return text;
}

}  // namespace crossdock::sim
