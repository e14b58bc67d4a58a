// The API room on a real socket, over a hub that was never started: every answer that needs no database, byte for byte.
#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/api.hpp"
#include "raw_client.hpp"

namespace crossdock::api {

/// All scopes that a client can have.
const std::vector<std::string>& all_scopes();
/// A client whose key is `key-of-<name>`.
ClientSettings client(const std::string& name, std::vector<std::string> scopes);
std::string key_of_client(const std::string& name);

/// A hub without a database, and its API with the given settings; nothing listens.
class Unstarted {
 public:
  explicit Unstarted(Settings settings);
  Api& api() { return api_; }
  runtime::Loops& loops() { return loops_; }

 private:
  runtime::Loops loops_;
  hub::Hub hub_;
  Api api_;
};

/// The same, listening on loopback.
class Edge {
 public:
  explicit Edge(Settings settings);
  ~Edge();
  /// One call on a connection of its own. `head`: request line and fields, without Host, length and the blank line.
  std::optional<http::RawAnswer> call(const std::string& head, const std::string& body = {});

 private:
  Unstarted unstarted_;
  http::Server server_;
};

}  // namespace crossdock::api
