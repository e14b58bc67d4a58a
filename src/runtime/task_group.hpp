// A nursery: tasks that may not outlive their parent.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <list>
#include <string>

#include "crossdock/base/deadline.hpp"
#include "crossdock/runtime/task.hpp"

namespace crossdock::runtime {

/// Owns tasks on one loop. stop() asks every task to wind down, join() waits for them. All calls on that loop's thread; the group must be
/// empty when it dies (join it first).
class TaskGroup {
 public:
  using Work = std::function<Task<void>()>;
  /// Told of each task that has gone: its name, and what it threw, if anything.
  using OnExit = std::function<void(const std::string& name, std::exception_ptr broken)>;

  explicit TaskGroup(asio::any_io_executor loop);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  /// `work` is kept until its task ends, so a lambda's captures live as long as its coroutine.
  void spawn(std::string name, Work work, OnExit on_exit = {});
  void stop(asio::cancellation_type how = asio::cancellation_type::terminal);
  std::size_t size() const { return entries_.size(); }
  /// True when every task has gone; false when the deadline came first.
  Task<bool> join(Deadline deadline);

 private:
  struct Entry {
    std::string name;
    Work work;
    asio::cancellation_signal stop;
  };
  asio::any_io_executor loop_;
  asio::steady_timer all_gone_;
  std::list<Entry> entries_;
};

}  // namespace crossdock::runtime
