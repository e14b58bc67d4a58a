// Wake-ups between instances: hints only, the sweep is what nothing is lost by.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/result.hpp"
#include "postgres/settings.hpp"

namespace crossdock::postgres {

/// LISTENs on a connection and thread of its own from construction to destruction; reconnects by itself with back-off.
class Listener {
 public:
  /// On the listener's thread; must be quick and not throw. After every (re)connect each channel is reported once with an empty payload,
  /// because a wake-up may have been missed meanwhile.
  using OnWake = std::function<void(std::string_view channel, std::string_view payload)>;
  static Result<std::unique_ptr<Listener>> start(const Settings& settings, std::vector<std::string> channels, OnWake on_wake);
  ~Listener();
  bool connected() const;

  struct State;
  explicit Listener(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

/// Sends NOTIFY from a connection and thread of its own: what is asked for within 5 ms goes out once. While the database is away the
/// channels asked for are kept and sent when it is back.
class Notifier {
 public:
  static Result<std::unique_ptr<Notifier>> start(const Settings& settings, std::string payload = {});
  ~Notifier();
  /// Any thread, never blocks on the database.
  void wake(std::string_view channel);
  /// Round trips made so far (each may carry several channels).
  std::size_t sent() const;

  struct State;
  explicit Notifier(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace crossdock::postgres
