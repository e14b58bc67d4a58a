// Why a transaction did not commit, as a value that decides what happens next.
#pragma once
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "crossdock/base/result.hpp"

namespace crossdock::postgres {

/// What the caller does about it, and nothing finer.
enum class FailureKind {
  data,   ///< SQLSTATE classes 22 and 23: the rows themselves are at fault; bisect the batch
  retry,  ///< 40001, 40P01, 55P03, 57014: repeat the whole batch
  lost,   ///< the connection is gone, or COMMIT's answer is; connect again and re-execute the whole idempotent transaction
  other,  ///< a bug or a misconfiguration (missing table, permission): repeating will not help
};
std::string_view name(FailureKind kind);

struct Failure {
  FailureKind kind = FailureKind::other;
  std::string sqlstate;  ///< empty where the server said nothing
  std::string message;
  bool in_doubt = false;  ///< of `lost`: COMMIT was sent, its answer never came
};

/// Sorts a thrown error. `connection_alive` is what the connection says of itself after the throw.
Failure classify(const std::exception& error, bool connection_alive = true);
/// The kind that a SQLSTATE means.
FailureKind kind_of(std::string_view sqlstate);
/// For those who speak in base's terms: data -> invalid, retry and lost -> unavailable, other -> broken.
Fault as_fault(const Failure& failure);

/// What Transaction throws to leave the caller's function; transact() catches it. Throwing it yourself rolls back with your failure.
class Error : public std::runtime_error {
 public:
  explicit Error(Failure failure) : std::runtime_error(failure.message), failure_(std::move(failure)) {}
  const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
};

/// A value or the Failure that stood in its way.
template <class T>
class [[nodiscard]] Attempt {
 public:
  using value_type = T;
  Attempt(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Attempt(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}
  explicit operator bool() const { return state_.index() == 0; }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  const Failure& failure() const { return std::get<1>(state_); }

 private:
  std::variant<T, Failure> state_;
};

}  // namespace crossdock::postgres
