// One life of the hub: all that lives and dies with one reading of the configuration.
#pragma once
#include <functional>
#include <optional>

#include "api/api.hpp"
#include "app/settings/settings.hpp"
#include "app/signals.hpp"
#include "http/server.hpp"
#include "hub/hub.hpp"
#include "runtime/loops.hpp"

namespace crossdock::app {

/// Life: begin() or begin_beside(), then retire() if another follows, then end().
class Life {
 public:
  explicit Life(const Settings& settings);
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  /// The first one: the admin listener is there from the first moment, so that a start that waits for its database can be looked at.
  /// Nothing: all serve. A code: the start ends with it.
  std::optional<int> begin(bool migrate, Signals& signals);
  /// One that follows another: memory is loaded and all is ready while the other one serves; then both accept calls from the same sockets.
  /// A fault: nothing was changed.
  Outcome begin_beside(Life& before, bool migrate, Signals& signals);
  /// Takes no more calls, because another life does.
  void retire();
  /// Calls in flight end, then the hub stops. `at` is told what is being waited for. False when calls were cut at the deadline.
  bool end(Deadline deadline, const std::function<void(const char*)>& at);
  /// Says at /readyz that this instance goes.
  void say_draining() { api_.drain(); }

  unsigned short api_port() const { return api_server_.port(); }
  unsigned short admin_port() const { return admin_server_.port(); }
  const std::string& instance() const { return hub_.settings().instance; }
  std::chrono::milliseconds drain() const { return drain_; }

 private:
  std::chrono::milliseconds drain_;
  runtime::Loops loops_;
  hub::Hub hub_;
  api::Api api_;
  http::Server api_server_, admin_server_;
};

}  // namespace crossdock::app
