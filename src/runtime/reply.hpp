// A one-shot value from another thread, awaited by a coroutine on its loop.
#pragma once
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/runtime/task.hpp"
#include "runtime/mailbox.hpp"

namespace crossdock::runtime {

/// Bridges a worker thread (a store's writer) and one waiting coroutine. Copy it into the request that the worker gets:
///   Reply<Answer> reply(loops.mailbox(i));          // on loop i
///   writer.submit(request, reply);
///   auto waiting = reply.get(deadline);
///   std::optional<Answer> answer = co_await std::move(waiting);   // empty: the deadline came first
/// A value that comes too late is dropped on its loop.
template <class T>
class Reply {
 public:
  explicit Reply(Mailbox& home) : state_(std::make_shared<State>(home)) {}

  /// On the home loop, once.
  Task<std::optional<T>> get(Deadline deadline) const { return wait(state_, deadline); }
  /// Any thread, once. For many at a time use a Batch.
  void deliver(T value) const {
    state_->parcel.emplace(std::move(value));
    state_->home.push(state_);
  }

 private:
  friend class Batch;
  struct State : Letter {
    explicit State(Mailbox& mailbox) : home(mailbox), bell(mailbox.home()) {}
    void open() override {
      arrived = true;
      bell.cancel();
    }
    Mailbox& home;
    asio::steady_timer bell;  // ends the wait: by its time (the deadline), or by open()
    std::optional<T> parcel;  // the worker's until pushed, then the loop's
    bool arrived = false;     // the loop's own
  };

  static Task<std::optional<T>> wait(std::shared_ptr<State> state, Deadline deadline) {
    if (!state->arrived) {
      state->bell.expires_at(deadline.at());
      boost::system::error_code rung;
      auto ringing = state->bell.async_wait(asio::redirect_error(asio::use_awaitable, rung));
      co_await std::move(ringing);
    }
    if (!state->arrived) co_return std::optional<T>();
    co_return std::move(state->parcel);
  }

  std::shared_ptr<State> state_;
};

/// The answers of one batch of work: one wake-up per loop however many there are. One thread.
class Batch {
 public:
  template <class T>
  void add(const Reply<T>& reply, T value) {
    reply.state_->parcel.emplace(std::move(value));
    sack_for(reply.state_->home).push_back(reply.state_);
  }
  void send();  ///< and is empty afterwards

 private:
  std::vector<LetterPtr>& sack_for(Mailbox& home);
  std::vector<std::pair<Mailbox*, std::vector<LetterPtr>>> sacks_;  // few loops: a scan beats a map
};

}  // namespace crossdock::runtime
