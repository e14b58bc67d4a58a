#include "http/listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <unistd.h>
#include <cerrno>

#include "crossdock/base/id.hpp"
#include "http/connection.hpp"
#include "http/problems.hpp"
#include "http/writer.hpp"

namespace crossdock::http {

namespace asio = boost::asio;

namespace {
constexpr std::size_t kScratch = 64 * 1'024;
constexpr std::chrono::milliseconds kTick{250};  // how late a limit may be noticed; keeps timers off the request path
constexpr int kBacklog = 4'096;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
}  // namespace

Listener::Listener(asio::io_context& loop, std::shared_ptr<Shared> shared)
    : loop_(loop), shared_(std::move(shared)), acceptor_(loop), timer_(loop), scratch_(kScratch) {}

boost::system::error_code Listener::open(const Tcp::endpoint& where) {
  boost::system::error_code error;
  acceptor_.open(where.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.set_option(ReusePort(true), error);
  if (!error) acceptor_.bind(where, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  return error;
}

boost::system::error_code Listener::adopt(const Tcp::endpoint& where, int descriptor) {
  boost::system::error_code error;
  acceptor_.assign(where.protocol(), descriptor, error);
  if (error) ::close(descriptor);
  if (!error) acceptor_.non_blocking(true, error);
  return error;
}

int Listener::twin() { return ::fcntl(acceptor_.native_handle(), F_DUPFD_CLOEXEC, 0); }

Listener::Tcp::endpoint Listener::local() const {
  boost::system::error_code error;
  return acceptor_.local_endpoint(error);
}

void Listener::start() {
  tick();
  accept();
}

void Listener::accept() {
  if (draining_) return;
  accepting_ = true;
  acceptor_.async_accept(loop_, [self = shared_from_this()](const boost::system::error_code& error, Tcp::socket socket) {
    self->accepting_ = false;
    self->on_accept(error, std::move(socket));
  });
}

void Listener::on_accept(const boost::system::error_code& error, Tcp::socket socket) {
  if (!error) {
    welcome(std::move(socket));
  } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
    // Most likely out of descriptors: the tick tries again, so that the loop does not spin.
    bool none_left = error.value() == EMFILE || error.value() == ENFILE;
    trouble("accept_paused", none_left ? "no descriptors are left" : error.message());
    return;
  }
  accept();
}

void Listener::welcome(Tcp::socket socket) {
  boost::system::error_code error;
  auto remote = socket.remote_endpoint(error);
  if (error) return;  // gone already
  std::string peer = remote.address().to_string();
  if (!shared_->census.enter(peer)) {
    turn_away(std::move(socket));
    return;
  }
  socket.set_option(Tcp::no_delay(true), error);
  socket.non_blocking(true, error);
  auto connection = std::make_shared<Connection>(std::move(socket), shared_from_this(), std::move(peer));
  connections_.push_front(connection);
  shared_->connections.add(1);
  connection->start(connections_.begin());
}

/// A cap is reached: says so if that takes no waiting, and closes.
void Listener::turn_away(Tcp::socket socket) {
  boost::system::error_code error;
  socket.non_blocking(true, error);
  std::string id = new_id();
  Response response = Problem("overloaded", "too many connections; close some or wait").response(id, settings().problem_base);
  std::string out;
  append_response(out, response, Envelope{date_, id, true, false, false}, true);
  socket.write_some(asio::buffer(out), error);
  socket.shutdown(Tcp::socket::shutdown_send, error);
  trouble("connection_refused", "a cap on connections is reached");
}

void Listener::tick() {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (seconds != date_second_) {
    date_second_ = seconds;
    date_ = http_date(seconds);
  }
  auto now = Clock::now();
  for (auto it = connections_.begin(); it != connections_.end();) {
    auto connection = *it++;  // it may leave the list, and its last owner with it
    connection->tick(now);
  }
  if (!accepting_ && !draining_ && acceptor_.is_open()) accept();
  if (draining_ && connections_.empty()) return;
  timer_.expires_after(draining_ ? kTick / 5 : kTick);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->tick();
  });
}

void Listener::drain(std::chrono::milliseconds patience) {
  if (draining_) return;
  patience_ = patience;
  boost::system::error_code error;
  while (acceptor_.is_open()) {  // what the kernel has accepted for us already would be reset by the close
    Tcp::socket socket(loop_);
    acceptor_.accept(socket, error);
    if (error) break;
    welcome(std::move(socket));
  }
  draining_ = true;
  // Not acceptor_.close(): that leaves the socket in the loop's epoll set as long as a twin of it lives elsewhere.
  if (acceptor_.is_open()) ::close(acceptor_.release(error));
  for (auto it = connections_.begin(); it != connections_.end();) {
    auto connection = *it++;
    connection->drain();
  }
  timer_.cancel();
  tick();
}

void Listener::cut() {
  while (!connections_.empty()) {
    auto connection = connections_.front();
    connection->cut();
  }
}

void Listener::trouble(std::string_view event, std::string_view detail) const {
  if (shared_->hooks.trouble) shared_->hooks.trouble(event, detail);
}

void Listener::forget(Connections::iterator connection, const std::string& peer) {
  connections_.erase(connection);
  shared_->census.leave(peer);
  shared_->connections.add(-1);
}

}  // namespace crossdock::http
