#include "http/connection.hpp"

#include <array>
#include <exception>

namespace crossdock::http {

namespace asio = boost::asio;

namespace {
constexpr std::size_t kOutAtMost = 64 * 1'024;  // answers to pipelined requests that wait to be written together
constexpr std::size_t kHeadRead = 16 * 1'024;
constexpr std::chrono::milliseconds kLinger{2'000}, kLingerDraining{200};
}  // namespace

Connection::Connection(Tcp::socket socket, std::shared_ptr<Listener> listener, std::string peer)
    : socket_(std::move(socket)), listener_(std::move(listener)), since_(Clock::now()) {
  request_.peer = std::move(peer);
  request_.problem_base = listener_->settings().problem_base;
}

void Connection::start(Listener::Connections::iterator place) {
  place_ = place;
  read();
}

/// A bug or bad_alloc in here ends this connection, not the loop's others.
template <class F>
void Connection::guarded(F work) {
  try {
    work();
  } catch (const std::exception& broken) {
    cut();
    listener_->trouble("connection_broken", broken.what());
  } catch (...) {
    cut();
    listener_->trouble("connection_broken", "not a std::exception");
  }
}

void Connection::read() {
  if (reading_ || phase_ == Phase::closed) return;
  reading_ = true;
  socket_.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
    self->reading_ = false;
    self->guarded([&] { self->on_readable(error); });
  });
}

void Connection::on_readable(const boost::system::error_code& error) {
  if (phase_ == Phase::closed) return;
  if (error) return cut();
  auto room = listener_->scratch();
  if (phase_ != Phase::body && phase_ != Phase::lingering) room = room.first(kHeadRead);
  boost::system::error_code failed;
  std::size_t n = socket_.read_some(asio::buffer(room.data(), room.size()), failed);
  if (failed == asio::error::would_block || failed == asio::error::interrupted) return read();
  if (failed) return cut();  // the client has gone, or will send no more: what it began cannot be completed
  if (phase_ == Phase::lingering) return read();
  take(std::string_view(room.data(), n));
}

void Connection::take(std::string_view bytes) {
  if (held_.empty()) {
    std::size_t used = pump(bytes);
    if (phase_ != Phase::closed) held_.assign(bytes.substr(used));
  } else {
    held_.append(bytes);
    held_.erase(0, pump(held_));
  }
  if (held_.empty() && held_.capacity() > kHeadRead) std::string().swap(held_);
  settle();
}

/// Works through `input` as far as it goes; how much was used.
std::size_t Connection::pump(std::string_view input) {
  pumping_ = true;
  std::size_t at = 0;
  for (;;) {
    while (!stalled() && at < input.size()) {
      std::string_view rest = input.substr(at);
      bool in_body = phase_ == Phase::body;
      std::size_t used = in_body ? take_body(rest) : take_head(rest);
      at += used;
      if (used == 0 || close_after_) break;
    }
    bool wrote = !out_.empty() || !big_left_.empty();
    if (!writing_) flush();
    if (!wrote || stalled()) break;  // nothing was in the way: the input is used up, or a request is incomplete
  }
  pumping_ = false;
  return std::min(at, input.size());
}

bool Connection::stalled() const {
  return phase_ == Phase::busy || phase_ == Phase::lingering || phase_ == Phase::closed || writing_ || close_after_ || !big_left_.empty() ||
         out_.size() > kOutAtMost;
}

/// After a pump: what to wait for next.
void Connection::settle() {
  if (phase_ == Phase::closed || writing_ || phase_ == Phase::busy) return;
  if (close_after_ && phase_ != Phase::lingering) return linger();
  read();
}

void Connection::flush() {
  if (phase_ == Phase::closed || out_.empty()) return;
  if (!write_some()) return;
  out_.clear();
  out_at_ = 0;
  big_left_ = {};
  if (big_.body.capacity() > 0 || !big_.content().empty()) big_ = Response();
  if (out_.capacity() > kOutAtMost * 2) std::string().swap(out_);
}

/// True when all has been written; else waits for room, or the connection is gone.
bool Connection::write_some() {
  while (out_at_ < out_.size() || !big_left_.empty()) {
    std::array<asio::const_buffer, 2> parts{asio::buffer(out_.data() + out_at_, out_.size() - out_at_),
                                            asio::buffer(big_left_.data(), big_left_.size())};
    boost::system::error_code failed;
    std::size_t n = big_left_.empty() ? socket_.write_some(parts[0], failed) : socket_.write_some(parts, failed);
    if (failed == asio::error::would_block) {
      if (!writing_) {
        write_since_ = Clock::now();
        written_ = 0;
      }
      writing_ = true;
      socket_.async_wait(Tcp::socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
        self->guarded([&] {
          if (self->phase_ == Phase::closed) return;
          if (error) return self->cut();
          if (!self->write_some()) return;
          self->writing_ = false;
          self->flush();
          self->take({});  // there may be requests that waited for this
        });
      });
      return false;
    }
    if (failed) {
      cut();
      return false;
    }
    written_ += n;
    std::size_t first = std::min(n, out_.size() - out_at_);
    out_at_ += first;
    big_left_.remove_prefix(n - first);
  }
  return true;
}

/// Close in stages: a plain close with unread bytes resets the connection and can destroy the answer on its way.
void Connection::linger() {
  boost::system::error_code ignored;
  phase_ = Phase::lingering;
  since_ = Clock::now();
  held_.clear();
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  read();
}

void Connection::cut() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  auto self = shared_from_this();  // the list may hold the last owner
  boost::system::error_code ignored;
  socket_.close(ignored);
  listener_->forget(place_, request_.peer);
}

void Connection::drain() {
  if (phase_ == Phase::idle) since_ = Clock::now();  // a request may be on its way: tick() gives it a moment
}

void Connection::tick(Clock::time_point now) {
  auto self = shared_from_this();
  guarded([&] { check_limits(now); });
}

void Connection::check_limits(Clock::time_point now) {
  const Limits& limits = listener_->settings().limits;
  auto too_slow = [&](Clock::time_point since, std::uint64_t bytes) {
    auto age = now - since;
    return age > limits.grace &&
           static_cast<double>(bytes) < static_cast<double>(limits.bytes_per_second) * std::chrono::duration<double>(age).count();
  };
  if (writing_) {
    if (too_slow(write_since_, written_)) cut();
    return;
  }
  auto age = now - since_;
  switch (phase_) {
    case Phase::idle:
      if (age > (listener_->draining() ? listener_->patience() : limits.idle)) linger();
      break;
    case Phase::head:
      if (age > limits.head) late();
      break;
    case Phase::body:
      if (age > limits.request || too_slow(since_, body_seen_)) late();
      break;
    case Phase::lingering:
      if (age > (listener_->draining() ? kLingerDraining : kLinger)) cut();
      break;
    case Phase::busy:
    case Phase::closed:
      break;
  }
}

}  // namespace crossdock::http
