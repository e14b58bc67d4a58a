// The event loops of the process: one io_context and one thread each.
#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/mailbox.hpp"

namespace crossdock::runtime {

/// N loops. What is made on a loop stays on it: sockets, timers and coroutines never change their loop, so nothing on them needs a lock.
/// Life: construct, (make servers and writers), start(), ..., stop(), join(). stop() and join() come from a thread that is no loop's.
class Loops {
 public:
  /// Called on the loop's thread with what escaped a handler. The loop goes on.
  using OnEscape = std::function<void(std::size_t loop, const std::string& what)>;

  explicit Loops(std::size_t count, OnEscape on_escape = {});
  Loops(const Loops&) = delete;
  Loops& operator=(const Loops&) = delete;
  ~Loops();  ///< stops and joins

  void start();
  /// Ends the loops at once: what is suspended on them is destroyed with them. Drain servers and join groups first.
  void stop();
  void join();

  std::size_t size() const { return loops_.size(); }
  asio::io_context& loop(std::size_t i) { return loops_[i]->context; }
  Mailbox& mailbox(std::size_t i) { return loops_[i]->mailbox; }
  /// Any thread: the next loop, round robin.
  std::size_t next() { return next_.fetch_add(1, std::memory_order_relaxed) % loops_.size(); }
  /// The index of the loop whose thread is calling; size() on other threads.
  std::size_t here() const;
  std::size_t escaped() const { return escaped_.load(std::memory_order_relaxed); }

 private:
  struct Loop {
    Loop() : context(1), mailbox(context), work(context.get_executor()) {}
    asio::io_context context;
    Mailbox mailbox;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::thread thread;
  };
  void run(std::size_t i);

  std::vector<std::unique_ptr<Loop>> loops_;
  OnEscape on_escape_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> escaped_{0};
};

}  // namespace crossdock::runtime
