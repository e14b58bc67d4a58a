// One loop's share of a server: its acceptor, its connections, its clock.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http/census.hpp"
#include "http/server.hpp"
#include "observe/metrics.hpp"

namespace crossdock::http {

class Connection;

/// What the listeners of one server share. Read-only once the server has started, but for the census.
struct Shared {
  Shared(Settings s, Router r, Hooks h)
      : settings(std::move(s)),
        router(std::move(r)),
        hooks(std::move(h)),
        census(settings.limits.connections, settings.limits.connections_per_address, settings.limits.gateways),
        connections(metrics::gauge("crossdock_http_connections", "Open connections.", {{"listener", settings.name}})) {}
  Settings settings;
  Router router;
  Hooks hooks;
  Census census;
  metrics::Gauge connections;
};

/// Everything on its loop's thread but the constructor, open(), adopt() and twin(). Kept alive by its connections and pending operations.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Tcp = boost::asio::ip::tcp;
  using Connections = std::list<std::shared_ptr<Connection>>;

  Listener(boost::asio::io_context& loop, std::shared_ptr<Shared> shared);
  /// Binds with SO_REUSEPORT and listens; before the loop runs, or on it.
  boost::system::error_code open(const Tcp::endpoint& where);
  /// Instead of open(): listens on a descriptor that is listening already, and owns it.
  boost::system::error_code adopt(const Tcp::endpoint& where, int descriptor);
  /// A second descriptor of the same listening socket, for adopt(): what waits in its queue is accepted by whoever comes first. Before
  /// drain(). -1 when there are no more descriptors.
  int twin();
  Tcp::endpoint local() const;
  void start();
  /// Accepts what waits, then no more; connections finish what is in flight, and those between requests have `patience` for one more.
  void drain(std::chrono::milliseconds patience);
  void cut();

  boost::asio::io_context& loop() { return loop_; }
  const Settings& settings() const { return shared_->settings; }
  const Router& router() const { return shared_->router; }
  const Hooks& hooks() const { return shared_->hooks; }
  bool draining() const { return draining_; }
  std::chrono::milliseconds patience() const { return patience_; }
  /// Where connections read into: one for all of the loop, because what is read is used or copied at once.
  std::span<char> scratch() { return scratch_; }
  std::string_view date() const { return date_; }
  void trouble(std::string_view event, std::string_view detail) const;
  void forget(Connections::iterator connection, const std::string& peer);

 private:
  void accept();
  void on_accept(const boost::system::error_code& error, Tcp::socket socket);
  void welcome(Tcp::socket socket);
  void turn_away(Tcp::socket socket);
  void tick();

  boost::asio::io_context& loop_;
  std::shared_ptr<Shared> shared_;
  Tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  Connections connections_;
  std::vector<char> scratch_;
  std::string date_;
  std::int64_t date_second_ = 0;
  bool draining_ = false;
  std::chrono::milliseconds patience_{0};
  bool accepting_ = false;
};

}  // namespace crossdock::http
