#include "postgres/notify.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "postgres/connection.hpp"
#include "postgres/raw.hpp"

namespace crossdock::postgres {

using std::chrono::milliseconds;

struct Listener::State {
  std::string address;
  milliseconds limit;
  std::vector<std::string> channels;
  OnWake on_wake;
  raw::StopSignal stop;
  std::atomic<bool> stopping{false};
  std::atomic<bool> connected{false};
  std::thread thread;

  void run() {
    raw::Link link(&stop);
    Backoff backoff;
    while (!stopping) {
      if (listen(link)) {
        backoff.reset();
        connected = true;
        for (const auto& channel : channels) on_wake(channel, "");
        while (!stopping && pass_on(link)) {
        }
        connected = false;
      }
      if (!stopping) stop.wait(backoff.next());
    }
  }

  bool listen(raw::Link& link) {
    if (!link.connect(address, Deadline::in(limit))) return false;
    std::string sql;
    for (const auto& channel : channels) sql += "listen " + raw::Link::identifier(channel) + ";";
    const auto done = link.execute(sql, Deadline::in(limit));
    if (!done) link.close();
    return static_cast<bool>(done);
  }

  bool pass_on(raw::Link& link) {
    const auto arrived = link.notifications(std::chrono::seconds(30));
    if (!arrived) return false;
    for (const auto& one : *arrived) on_wake(one.channel, one.payload);
    return true;
  }
};

Result<std::unique_ptr<Listener>> Listener::start(const Settings& settings, std::vector<std::string> channels, OnWake on_wake) {
  auto address = connection_string(settings.as("listen"));
  if (!address) return address.fault();
  auto state = std::make_unique<State>();
  state->address = std::move(address).value();
  state->limit = settings.connect_timeout;
  state->channels = std::move(channels);
  state->on_wake = std::move(on_wake);
  state->thread = std::thread([s = state.get()] { s->run(); });
  return std::make_unique<Listener>(std::move(state));
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
bool Listener::connected() const { return state_->connected; }
Listener::~Listener() {
  state_->stopping = true;
  state_->stop.set();
  state_->thread.join();
}

struct Notifier::State {
  static constexpr milliseconds interval{5};
  std::string address;
  milliseconds limit;
  std::string payload;
  raw::StopSignal stop;
  std::mutex mutex;
  std::condition_variable asked;
  std::set<std::string, std::less<>> waiting;
  bool stopping = false;
  std::atomic<std::size_t> sent{0};
  std::thread thread;

  void run() {
    raw::Link link(&stop);
    Backoff backoff(milliseconds(50), milliseconds(2'000));
    std::unique_lock lock(mutex);
    for (;;) {
      asked.wait(lock, [&] { return stopping || !waiting.empty(); });
      if (stopping) return;
      auto batch = std::exchange(waiting, {});
      lock.unlock();
      const bool done = send(link, batch);
      lock.lock();
      auto pause = interval;
      if (done) {
        backoff.reset();
      } else {
        waiting.merge(batch);
        pause = backoff.next();
      }
      if (asked.wait_for(lock, pause, [&] { return stopping; })) return;
    }
  }

  bool send(raw::Link& link, const std::set<std::string, std::less<>>& batch) {
    if (!link.open() && !link.connect(address, Deadline::in(limit))) return false;
    std::string sql;
    for (const auto& channel : batch) {
      sql += "notify " + raw::Link::identifier(channel);
      if (!payload.empty()) sql += ", " + raw::Link::quoted(payload);
      sql += ';';
    }
    const auto done = link.execute(sql, Deadline::in(limit));
    if (!done) link.close();
    if (done) ++sent;
    return static_cast<bool>(done);
  }
};

Result<std::unique_ptr<Notifier>> Notifier::start(const Settings& settings, std::string payload) {
  auto address = connection_string(settings.as("notify"));
  if (!address) return address.fault();
  auto state = std::make_unique<State>();
  state->address = std::move(address).value();
  state->limit = settings.connect_timeout;
  state->payload = std::move(payload);
  state->thread = std::thread([s = state.get()] { s->run(); });
  return std::make_unique<Notifier>(std::move(state));
}

Notifier::Notifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
std::size_t Notifier::sent() const { return state_->sent; }

Notifier::~Notifier() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->stop.set();
  state_->asked.notify_all();
  state_->thread.join();
}

void Notifier::wake(std::string_view channel) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting.contains(channel)) return;
    state_->waiting.emplace(channel);
  }
  state_->asked.notify_one();
}

}  // namespace crossdock::postgres
