#include "runtime/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <utility>

#include "runtime/within.hpp"

namespace crossdock::runtime {

TaskGroup::TaskGroup(asio::any_io_executor loop) : loop_(std::move(loop)), all_gone_(loop_, Clock::time_point::max()) {}

TaskGroup::~TaskGroup() { assert(entries_.empty() && "join a TaskGroup before it dies"); }

void TaskGroup::spawn(std::string name, Work work, OnExit on_exit) {
  auto entry = entries_.emplace(entries_.end());
  entry->name = std::move(name);
  entry->work = std::move(work);
  auto done = [this, entry, on_exit = std::move(on_exit)](std::exception_ptr broken) {
    std::list<Entry> gone;  // unlinked first: on_exit may spawn again or look at size()
    gone.splice(gone.end(), entries_, entry);
    if (entries_.empty()) all_gone_.cancel();
    if (on_exit) on_exit(gone.front().name, std::move(broken));
  };
  asio::co_spawn(loop_, entry->work(), asio::bind_cancellation_slot(entry->stop.slot(), asio::bind_executor(loop_, std::move(done))));
}

void TaskGroup::stop(asio::cancellation_type how) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    auto here = it++;  // a task may end, and leave the list, inside emit
    here->stop.emit(how);
  }
}

Task<bool> TaskGroup::join(Deadline deadline) {
  while (!entries_.empty()) {
    if (deadline.passed()) co_return false;
    all_gone_.expires_at(deadline.at());
    boost::system::error_code woken;
    auto waiting = all_gone_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_await std::move(waiting);
  }
  co_return true;
}

Task<bool> pause(Clock::duration how_long) {
  auto loop = co_await asio::this_coro::executor;
  asio::steady_timer timer(loop, how_long);
  boost::system::error_code woken;
  auto waiting = timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  co_await std::move(waiting);
  co_return !woken;
}

}  // namespace crossdock::runtime
