// The deadline race, and a pause.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "crossdock/runtime/task.hpp"

namespace crossdock::runtime {

namespace detail {
/// co_spawn wants a default-constructible value; Result is not.
template <class T>
Task<std::optional<T>> boxed(Task<T> work) {
  T value = co_await std::move(work);
  co_return std::optional<T>(std::move(value));
}
}  // namespace detail

/// Runs `work` until the deadline; the loser is cancelled and awaited before this returns, so a blocking call inside needs its own limit.
/// The fault of a lost race is `late`: unavailable by default; say uncertain where the other side may have acted.
/// Not spelled `work || timer`: that waits for the first success, so a throw in `work` would be swallowed and the caller held up.
template <class T>
Task<Result<T>> within(Deadline deadline, Task<Result<T>> work, FaultKind late = FaultKind::unavailable) {
  auto loop = co_await asio::this_coro::executor;
  asio::steady_timer timer(loop, deadline.at());
  auto race = asio::experimental::make_parallel_group(asio::co_spawn(loop, detail::boxed(std::move(work)), asio::deferred),
                                                      timer.async_wait(asio::deferred));
  auto waiting = race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  auto [order, broken, value, timer_error] = co_await std::move(waiting);
  if (order[0] == 1) co_return Result<T>(Fault(late, "deadline", "the deadline passed before an answer came"));
  if (broken) std::rethrow_exception(broken);
  co_return std::move(*value);
}

/// Sleeps; false when it was cancelled.
Task<bool> pause(Clock::duration how_long);

}  // namespace crossdock::runtime
