// A server of two loops with the routes that the tests speak to.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "http/problems.hpp"
#include "http/server.hpp"

namespace crossdock::http {

class TestServer {
 public:
  /// `adjust` sees settings, router and hooks before the server is made.
  explicit TestServer(std::function<void(Settings&, Router&, Hooks&)> adjust = {}, std::size_t loops = 2);
  ~TestServer();

  unsigned short port() const { return server_->port(); }
  Server& server() { return *server_; }
  runtime::Loops& loops() { return loops_; }
  std::vector<std::string> troubles() const;
  std::atomic<int> requests{0};  ///< that reached a handler

 private:
  Router routes();
  mutable std::mutex mutex_;
  std::vector<std::string> troubles_;
  runtime::Loops loops_;
  std::unique_ptr<Server> server_;
};

}  // namespace crossdock::http
