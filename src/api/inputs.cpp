#include "api/inputs.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/id.hpp"
#include "crossdock/model/order.hpp"
#include "crossdock/model/words.hpp"

namespace crossdock::api {

namespace {

bool quoted(std::string_view text) { return text.size() >= 2 && text.front() == '"' && text.back() == '"'; }
std::string_view unquoted(std::string_view text) { return text.substr(1, text.size() - 2); }

constexpr std::array<std::string_view, 6> list_parameters{"order_number", "source", "customer_po", "status", "cursor", "limit"};
constexpr std::string_view limit_rule = "a limit is a whole number from 1 to 500";

void read_limit(std::string_view text, store::OrderFilter& filter, Mistakes& mistakes) {
  auto parsed = Decimal::parse(text);
  if (!parsed || !parsed.value.whole()) {
    mistakes.push_back({"/limit", "wrong_type", std::string(limit_rule), {}});
  } else if (!parsed.value.positive() || parsed.value > Decimal::of(500)) {
    mistakes.push_back({"/limit", "out_of_range", std::string(limit_rule), {}});
  } else {
    filter.limit = static_cast<std::size_t>(parsed.value.units() / Decimal::one);
  }
}

}  // namespace

ledger::Precondition precondition_of(std::string_view if_match) {
  ledger::Precondition condition;
  condition.given = !if_match.empty();
  condition.any = if_match == "*";
  if (!quoted(if_match)) return condition;
  // A tag is compared as it is written: "03" is no tag of ours.
  auto inside = unquoted(if_match);
  std::int64_t revision = 0;
  auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), revision);
  if (error == std::errc() && end == inside.data() + inside.size() && std::to_string(revision) == inside && revision > 0)
    condition.revision = revision;
  return condition;
}

GivenKey idempotency_key(std::string_view header) {
  GivenKey given;
  given.key = quoted(header) ? unquoted(header) : header;
  given.missing = given.key.empty();
  given.valid = !given.missing && given.key.size() <= 255 &&
                std::all_of(given.key.begin(), given.key.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7F; });
  return given;
}

void check_parameters(const QueryParameters& query, const std::vector<std::string_view>& known, Mistakes& mistakes) {
  for (auto parameter = query.begin(); parameter != query.end(); ++parameter) {
    const auto& name = parameter->first;
    const auto same = [&name](const auto& other) { return other.first == name; };
    if (std::find(known.begin(), known.end(), name) == known.end())
      mistakes.push_back({pointer_to("", name), "unknown_field", "there is no such parameter", nearest(name, known)});
    else if (std::find_if(query.begin(), parameter, same) != parameter)
      mistakes.push_back({pointer_to("", name), "duplicate_key", "is given twice", {}});
  }
}

std::optional<store::OrderFilter> order_filter(const QueryParameters& query, Mistakes& mistakes) {
  store::OrderFilter filter;
  auto text = [&query](std::string_view name) {
    auto found = std::find_if(query.begin(), query.end(), [name](const auto& parameter) { return parameter.first == name; });
    return found == query.end() ? std::optional<std::string>() : found->second;
  };
  filter.order_number = text("order_number").value_or("");
  filter.source = text("source").value_or("");
  filter.customer_po = text("customer_po").value_or("");
  filter.status = text("status").value_or("");
  filter.after = text("cursor").value_or("");
  if (!filter.status.empty() && !parse_word<OrderStatus>(std::string_view(filter.status)))
    mistakes.push_back({"/status", "not_allowed", "no order has the status " + filter.status, {}});
  if (!filter.after.empty() && !is_uuid(filter.after))
    mistakes.push_back({"/cursor", "wrong_type", "send the cursor as `next` gave it", {}});
  if (auto limit = text("limit")) read_limit(*limit, filter, mistakes);
  static const std::vector<std::string_view> known(list_parameters.begin(), list_parameters.end());
  check_parameters(query, known, mistakes);
  if (!mistakes.empty()) return {};
  return filter;
}

}  // namespace crossdock::api
