// Outcomes as values: what went wrong, who must act, and the type that carries either.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace crossdock {

/// Who must act on a failure. Operators filter, retry and alert on this and nothing else.
enum class FaultKind {
  rejected,      ///< business: the system understood and said no; a person or a rule must decide
  invalid,       ///< business: the message breaks the canonical schema or a mapping rule
  unavailable,   ///< technical: nothing was done; try again later (down, throttled, refused)
  uncertain,     ///< technical: it may have been done; look it up before trying again (a write that timed out)
  disconnected,  ///< technical: connect again before the next call
  broken,        ///< technical: a bug or a misconfiguration; retrying will not help
};

/// A failure as a value. `code` is of low cardinality and stable ("credit_hold"); `message` is for people and says what to do.
class Fault {
 public:
  Fault(FaultKind kind, std::string code, std::string message) : kind_(kind), code_(std::move(code)), message_(std::move(message)) {}
  Fault retry_after(std::chrono::milliseconds wait) && {
    wait_ = wait;
    return std::move(*this);
  }

  FaultKind kind() const { return kind_; }
  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  std::optional<std::chrono::milliseconds> wait() const { return wait_; }
  bool worth_retrying() const { return kind_ == FaultKind::unavailable || kind_ == FaultKind::disconnected; }

 private:
  FaultKind kind_;
  std::string code_;
  std::string message_;
  std::optional<std::chrono::milliseconds> wait_;
};

/// A value or the Fault that stood in its way.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Fault fault) : state_(std::in_place_index<1>, std::move(fault)) {}
  explicit operator bool() const { return state_.index() == 0; }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  const Fault& fault() const { return std::get<1>(state_); }

 private:
  std::variant<T, Fault> state_;
};

struct Done {};
using Outcome = Result<Done>;

}  // namespace crossdock
