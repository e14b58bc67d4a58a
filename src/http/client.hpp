// Calls to other systems over HTTP: pooled connections, a deadline on every call, faults that say whether it may have been done.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "crossdock/runtime/task.hpp"

namespace crossdock::http {

struct ClientSettings {
  std::size_t connections_per_host = 16;
  std::size_t response_limit = 16U << 20;
  std::chrono::milliseconds keep{15'000};  ///< how long an idle connection is kept
  std::string ca_file;                     ///< for https; empty: the system's
  std::string user_agent = "crossdock";
  /// Whether an address may be called, asked after the name was resolved, and the connection goes to that address: no DNS rebinding.
  std::function<bool(std::string_view address)> allows;
};

struct ClientRequest {
  ClientRequest(std::string verb, std::string address) : method(std::move(verb)), url(std::move(address)) {}
  ClientRequest& with(std::string name, std::string value) & { return headers.emplace_back(std::move(name), std::move(value)), *this; }
  std::string method;  ///< "GET", "POST", ...
  std::string url;     ///< http://host[:port]/path?query, percent-encoded; https with verification of the host's name
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::string_view header(std::string_view lower_case_name) const;
};

/// One per loop; all calls on that loop. No redirects, no cookies, no decompression. Faults:
///   unavailable  nothing was sent: no address, refused, no free connection before the deadline
///   uncertain    the request was sent, wholly or in part, and no whole answer came (of a GET or HEAD: unavailable, it changes nothing)
///   broken       URL or header not valid, address not allowed, answer larger than the limit, a certificate that is not the host's
/// Any status is a value, 500 too: what it means is the caller's business.
class Client {
 public:
  explicit Client(asio::io_context& loop, ClientSettings settings = {});
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  Task<Result<ClientResponse>> call(ClientRequest request, Deadline deadline);
  std::size_t idle_connections() const;

 private:
  std::shared_ptr<class Pool> pool_;
};

}  // namespace crossdock::http
