// Runs a coroutine to its end on a loop of the test's own.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>

#include "crossdock/runtime/task.hpp"

namespace crossdock::runtime {

/// On a private loop, here and now. A pool that posts to the loop is joined before the loop goes.
template <class F>
void run_here(F coroutine, asio::thread_pool* pool = nullptr) {
  asio::io_context loop(1);
  std::exception_ptr broken;
  asio::co_spawn(loop, coroutine(), [&broken](std::exception_ptr e) { broken = e; });
  loop.run();
  if (pool != nullptr) pool->join();
  if (broken) std::rethrow_exception(broken);
}

}  // namespace crossdock::runtime
