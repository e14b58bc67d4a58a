#include "http/server.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <cerrno>
#include <future>
#include <utility>

#include "http/listener.hpp"

namespace crossdock::http {

namespace asio = boost::asio;

struct Server::State {
  State(runtime::Loops& l, Settings settings, Router router, Hooks hooks)
      : loops(l), shared(std::make_shared<Shared>(std::move(settings), std::move(router), std::move(hooks))) {}
  runtime::Loops& loops;
  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Listener>> listeners;
  unsigned short port = 0;
  bool draining = false, stopped = false;

  std::shared_ptr<Listener> next_listener() { return std::make_shared<Listener>(loops.loop(listeners.size() % loops.size()), shared); }
  bool listens_at(const asio::ip::tcp::endpoint& where) const {
    if (listeners.empty() || draining) return false;
    return listeners[0]->local().address() == where.address() && (where.port() == 0 || where.port() == port);
  }

  /// Takes part in all listening sockets of another server, also when this one has fewer loops: a socket that is closed loses its queue.
  boost::system::error_code follow(State& before, const asio::ip::tcp::endpoint& where) {
    boost::system::error_code error;
    for (auto& listener : before.listeners) {
      int twin = listener->twin();
      if (twin < 0) return {errno, boost::system::system_category()};
      auto mine = next_listener();
      error = mine->adopt(where, twin);
      if (error) return error;
      listeners.push_back(std::move(mine));
    }
    return error;
  }

  /// One more socket; with port 0 the first one chooses.
  boost::system::error_code listen(asio::ip::tcp::endpoint& where) {
    auto mine = next_listener();
    auto error = mine->open(where);
    if (error) return error;
    where = mine->local();
    listeners.push_back(std::move(mine));
    return error;
  }
};

namespace {

/// SO_REUSEPORT would let a second daemon listen beside a first and take half of its calls: asks once without it.
boost::system::error_code taken_by_another(asio::io_context& loop, const asio::ip::tcp::endpoint& where) {
  boost::system::error_code error;
  asio::ip::tcp::acceptor probe(loop);
  probe.open(where.protocol(), error);
  if (!error) probe.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) probe.bind(where, error);
  return error;
}

Fault cannot_listen(const Settings& settings, const std::string& why) {
  return Fault(FaultKind::broken, "listen_failed",
               "cannot listen on " + settings.address + ":" + std::to_string(settings.port) + ": " + why);
}

}  // namespace

Server::Server(runtime::Loops& loops, Settings settings, Router router, Hooks hooks)
    : state_(std::make_shared<State>(loops, std::move(settings), std::move(router), std::move(hooks))) {}

Server::~Server() {
  if (!state_->stopped && !state_->listeners.empty()) stop(Deadline::in(std::chrono::seconds(1)));
}

Outcome Server::start(Server* before) {
  const Settings& settings = state_->shared->settings;
  boost::system::error_code error;
  auto address = asio::ip::make_address(settings.address, error);
  if (error) return cannot_listen(settings, "not an IP address");
  asio::ip::tcp::endpoint where(address, settings.port);
  if (before && before->state_->listens_at(where)) {
    where.port(before->port());
    error = state_->follow(*before->state_, where);
  } else if (settings.port != 0) {
    error = taken_by_another(state_->loops.loop(0), where);
  }
  while (!error && state_->listeners.size() < state_->loops.size()) error = state_->listen(where);
  if (error) {
    state_->listeners.clear();
    return cannot_listen(settings, error.message());
  }
  state_->port = where.port();
  for (auto& listener : state_->listeners) asio::post(listener->loop(), [listener] { listener->start(); });
  return Done{};
}

unsigned short Server::port() const { return state_->port; }

void Server::drain(Deadline deadline, std::chrono::milliseconds patience) {
  if (std::exchange(state_->draining, true)) return;
  std::vector<std::future<void>> draining;
  for (auto& listener : state_->listeners)
    draining.push_back(asio::post(listener->loop(), asio::use_future([listener, patience] { listener->drain(patience); })));
  // Connections are counted when they are accepted: let each listener take its last ones before asking whether all have gone.
  for (auto& begun : draining) begun.wait_until(deadline.at());
}

bool Server::stop(Deadline deadline) {
  if (state_->stopped) return true;
  state_->stopped = true;
  drain(deadline);
  bool clean = state_->shared->census.wait_until_empty(deadline);
  if (!clean) {
    for (auto& listener : state_->listeners) asio::post(listener->loop(), [listener] { listener->cut(); });
    state_->shared->census.wait_until_empty(Deadline::in(std::chrono::seconds(1)));
  }
  state_->listeners.clear();
  return clean;
}

std::size_t Server::connections() const { return state_->shared->census.size(); }

const Router& Server::router() const { return state_->shared->router; }

}  // namespace crossdock::http
