// What a call carries besides its body: If-Match, Idempotency-Key, the filters and pages of a list. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossdock/base/mistakes.hpp"
#include "ledger/order.hpp"
#include "store/reader.hpp"

namespace crossdock::api {

/// If-Match of a transition: absent, `*`, or one strong tag of a revision. What is neither is given, and met by no revision.
ledger::Precondition precondition_of(std::string_view if_match);

/// What an Idempotency-Key says: quoted or bare it is the same key.
struct GivenKey {
  std::string_view key;
  bool missing = false;  ///< absent or empty
  bool valid = false;    ///< 1 to 255 printable characters
};
GivenKey idempotency_key(std::string_view header);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;
/// Parameters that a call does not know, and those that stand in its query twice.
void check_parameters(const QueryParameters& query, const std::vector<std::string_view>& known, Mistakes& mistakes);
/// The filter of GET /v1/orders; nothing when there are mistakes, of which it lists all.
std::optional<store::OrderFilter> order_filter(const QueryParameters& query, Mistakes& mistakes);

}  // namespace crossdock::api
