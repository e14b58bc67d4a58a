// A neighbour's HTTP doors: what it serves, and where its books are read and its faults are set.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "crossdock/base/json.hpp"
#include "crossdock/base/result.hpp"
#include "http/server.hpp"

namespace crossdock::sim {

/// "127.0.0.1:0": port 0 takes a free one.
struct Address {
  std::string host = "127.0.0.1";
  unsigned short port = 0;
  static Result<Address> parse(std::string_view text);
  std::string url() const { return "http://" + host + ":" + std::to_string(port); }
};

/// A server on one address that can be closed and opened again on the same port: how a neighbour goes down. From a thread that is no
/// loop's; outlives its loops' run.
class Door {
 public:
  /// Handlers are called on the loops.
  using MakeRouter = std::function<http::Router()>;
  Door(runtime::Loops& loops, Address address, MakeRouter router);
  ~Door();
  Outcome open();
  void close();
  const Address& address() const { return address_; }  ///< with its port, once open

 private:
  runtime::Loops& loops_;
  Address address_;
  MakeRouter make_router_;
  std::unique_ptr<http::Server> server_;
};

/// 400 with a sentence; neighbours are no masters of problem documents.
http::Response refuse(int status, std::string_view why);

/// A member of an admin request, or what counts without it.
std::string text_of(json::View object, std::string_view name, std::string_view otherwise = {});
std::int64_t number_of(json::View object, std::string_view name, std::int64_t otherwise);
double share_of(json::View object, std::string_view name, double otherwise);
bool flag_of(json::View object, std::string_view name, bool otherwise);

}  // namespace crossdock::sim
