// Inside this room only: libpq itself, where libpqxx is in the way (waiting for notifications, binary COPY, limits on every wait).
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "postgres/failure.hpp"
#include "postgres/settings.hpp"

struct pg_conn;

namespace crossdock::postgres::raw {

/// What a connection string says, by key; a fault (broken, "postgres_url") when it does not parse.
Result<std::map<std::string, std::string>> parse(std::string_view connection);

/// Whether it names one address (a socket, an address, a name that has one): only of several does libpq's own way of connecting try the
/// next when one does not answer. May ask the resolver.
bool one_address(std::string_view connection);

struct Notification {
  std::string channel;
  std::string payload;
};

/// An eventfd that ends waits from another thread; stays set.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  void set();
  /// Sleeps until it is set or the time is up.
  void wait(Clock::duration time) const;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// A connection on which every wait ends by a deadline, by the signal, or by the curfew. One thread. A failure of kind lost closes it.
class Link {
 public:
  explicit Link(const StopSignal* stop = nullptr, std::shared_ptr<const Curfew> curfew = {}) : stop_(stop), curfew_(std::move(curfew)) {}
  Attempt<Done> connect(const std::string& connection, Deadline deadline);
  /// Gives the connection away; the caller ends it.
  pg_conn* release() { return connection_.release(); }
  bool open() const { return connection_ != nullptr; }
  void close() { connection_.reset(); }

  /// Runs SQL (several statements are allowed); the first cell of the last result, if there is one.
  Attempt<std::optional<std::string>> execute(const std::string& sql, Deadline deadline);
  /// COPY ... TO STDOUT: each chunk as it comes. `quiet` is how long the server may say nothing.
  Attempt<Done> copy_out(const std::string& sql, Clock::duration quiet, const std::function<void(std::string_view)>& on_chunk);
  /// What has arrived within `wait`: may be nothing. The signal makes it return early.
  Attempt<std::vector<Notification>> notifications(Clock::duration wait);
  /// `word` as an SQL identifier, quotes included.
  static std::string identifier(std::string_view word);
  static std::string quoted(std::string_view text);

 private:
  enum class Waited { ready, stopped, late };
  Waited wait(short events, Deadline deadline) const;
  /// Waits until a result is complete.
  Attempt<Done> answer(Deadline deadline);
  Failure lost(std::string why);
  Failure late(Waited waited);

  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Finish> connection_;
  const StopSignal* stop_;
  std::shared_ptr<const Curfew> curfew_;
};

}  // namespace crossdock::postgres::raw
