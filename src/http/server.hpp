// The HTTP/1.1 edge: one acceptor per loop, strict reading, limits on everything, a drain.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "runtime/loops.hpp"

namespace crossdock::http {

struct Limits {
  std::chrono::milliseconds head{5'000};      ///< from a request's first byte to the end of its head
  std::chrono::milliseconds request{30'000};  ///< from its first byte to the end of its body
  std::chrono::milliseconds idle{60'000};     ///< between requests
  std::size_t bytes_per_second = 1'000;       ///< of a body in, and of a response out, after `grace`
  std::chrono::milliseconds grace{5'000};
  std::size_t connections = 20'000;           ///< in all
  std::size_t connections_per_address = 200;  ///< 0: no limit
  std::vector<std::string> gateways;          ///< addresses that the limit per address does not hold for
  bool chunked = true;                        ///< false: a chunked body is answered 411
};

struct Settings {
  std::string name = "api";  ///< of the listener, for metrics
  std::string address = "127.0.0.1";
  unsigned short port = 0;  ///< 0: a free one
  Limits limits;
  std::string problem_base;  ///< prefix of /problems/<code>; empty: relative
};

/// What happened to one request, for metrics and the log.
struct Observation {
  const Request& request;  ///< request.route may be null; of a refused head only peer and correlation_id are set
  int status;
  std::string_view code;     ///< of a problem
  Clock::duration duration;  ///< first byte seen to response handed to the socket
  std::size_t bytes_out;
};

/// All are called on the connection's loop, from several loops at once.
struct Hooks {
  /// On the head, before the body is read. A Response refuses (401, 403, 429). May set request.caller. Also called where no route matched.
  std::function<std::optional<Response>(Request&)> authenticate;
  std::function<void(const Observation&)> observe;
  /// A handler threw or a socket call failed in an unexpected way.
  std::function<void(std::string_view event, std::string_view detail)> trouble;
};

/// Life: construct, start(), (loops run), stop(). It outlives its connections because stop() waits for them; destroy it after the loops
/// have been joined, or after stop().
class Server {
 public:
  Server(runtime::Loops& loops, Settings settings, Router router, Hooks hooks = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// Listens, on every loop. Fails if another process listens there, SO_REUSEPORT or not. With `before`, a server of this process that
  /// listens at the same place (port 0: at whatever port), it takes part in that one's listening sockets instead: no connection is
  /// refused while one server follows the other. Both accept until before.drain().
  Outcome start(Server* before = nullptr);
  unsigned short port() const;
  /// Ends listening: when it returns, no more is accepted. Requests in flight end, connections between requests have `patience` for one
  /// more. From a thread that is no loop's; stop() waits for the rest.
  void drain(Deadline deadline, std::chrono::milliseconds patience = std::chrono::milliseconds(100));
  /// From a thread that is no loop's: drain(), lets requests in flight end, closes; at the deadline cuts.
  /// True if nothing was cut.
  bool stop(Deadline deadline);
  std::size_t connections() const;
  const Router& router() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace crossdock::http
