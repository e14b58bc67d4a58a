// What others have answered about an order: handed in, never asked for here.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::validation {

enum class AnswerStatus {
  not_asked,    ///< the facts are the store's own
  answered,     ///< `facts` are fresh
  timed_out,    ///< `facts`, if any, are the last known ones, as of `as_of`
  unavailable,  ///< the same; the system is down, its circuit is open, or it answered nonsense
};

/// One system's answer to one question.
template <class Facts>
struct Answer {
  AnswerStatus status = AnswerStatus::not_asked;
  std::optional<Facts> facts;
  std::string source;  ///< the system
  std::optional<std::int64_t> duration_ms;
  std::optional<Instant> as_of;  ///< of the facts
  std::optional<std::string> source_code;
};

struct CreditFacts {
  std::optional<Decimal> limit;  ///< none: no limit
  Decimal exposure;              ///< what the owner counts already
  bool hold = false;
  Decimal past_due;  ///< overdue amount
};

struct MethodFacts {
  bool eligible = true;
  std::string reason;
  std::optional<Decimal> max_weight_kg;
};

/// An order of the same customer that carries the same customer_po.
struct PurchaseOrderUse {
  std::string source;
  std::string order_number;
};

struct Answers {
  Answer<CreditFacts> credit;
  Answer<MethodFacts> shipping_method;
  Decimal pending_exposure;                       ///< open orders that the credit's owner has not acknowledged
  std::vector<PurchaseOrderUse> purchase_orders;  ///< who used this customer_po before; the order itself may be among them
};

}  // namespace crossdock::validation
