// One client's connection: reads requests strictly, answers them in order, keeps to the limits.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "http/chunks.hpp"
#include "http/guard.hpp"
#include "http/listener.hpp"
#include "http/message.hpp"

namespace crossdock::http {

/// Lives on its loop, owned by its listener's list and by pending operations. Bytes are read only when a request is wanted, so a slow
/// handler or a client that does not read holds up nobody but itself.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Tcp = boost::asio::ip::tcp;

  Connection(Tcp::socket socket, std::shared_ptr<Listener> listener, std::string peer);
  void start(Listener::Connections::iterator place);
  /// Looks at the limits; called a few times a second.
  void tick(Clock::time_point now);
  /// Answers what is in flight, then closes.
  void drain();
  void cut();

 private:
  enum class Phase : std::uint8_t { idle, head, body, busy, lingering, closed };

  // connection.cpp: bytes in and out
  void read();
  void on_readable(const boost::system::error_code& error);
  void take(std::string_view bytes);
  std::size_t pump(std::string_view input);
  bool stalled() const;
  void settle();
  void flush();
  bool write_some();
  void linger();
  void check_limits(Clock::time_point now);
  template <class F>
  void guarded(F work);

  // exchange.cpp: one request and its answer
  std::size_t take_head(std::string_view input);
  std::size_t take_body(std::string_view input);
  void open_request();
  bool refused_by_owner();
  bool refused_by_route(bool no_method);
  void answer_options();
  void answer_early(Response response);
  void expect_body();
  void dispatch();
  void serve_fast();
  void serve_slow();
  static Task<void> serve(std::shared_ptr<Connection> self);
  void finish(Response response);
  void refuse(Refusal refusal);
  void late();
  void respond(Response response);
  void observe(const Response& response, std::size_t bytes);

  Tcp::socket socket_;
  std::shared_ptr<Listener> listener_;
  Listener::Connections::iterator place_;

  Phase phase_ = Phase::idle;
  bool reading_ = false;  // a wait for bytes is pending
  bool writing_ = false;  // a wait for room is pending
  bool pumping_ = false;  // a handler that answers at once must not enter the pump again
  bool close_after_ = false;
  bool discard_ = false;  // the body belongs to a request that early_ answers

  std::string held_;  // bytes read and not yet used
  HeadGuard guard_;
  Head head_;
  ChunkReader chunks_;
  Request request_;
  std::uint64_t body_left_ = 0;
  std::uint64_t body_seen_ = 0;
  Response early_;

  std::string out_;  // what is still to be written: first this,
  std::size_t out_at_ = 0;
  Response big_;  // then the content of this, without a copy
  std::string_view big_left_;

  Clock::time_point since_;  // of the phase: idle, lingering; else the request's first byte
  Clock::time_point write_since_;
  std::uint64_t written_ = 0;  // since then
};

}  // namespace crossdock::http
