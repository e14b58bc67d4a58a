// Which handler answers a request, and what it may carry.
#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crossdock/runtime/task.hpp"
#include "http/message.hpp"

namespace crossdock::http {

/// A coroutine on the connection's loop. The request outlives it.
using Handler = std::function<Task<Response>(Request&)>;
/// Answers at once, without a coroutine frame: what is in memory (ATP, health, pages). Must not block.
using FastHandler = std::function<Response(Request&)>;

struct Route {
  Method method;
  std::string pattern;  ///< "/v1/items/{sku}"
  std::variant<Handler, FastHandler> handler;
  std::size_t body_limit = 1U << 20;
  std::vector<std::string_view> takes = {kJson};  ///< media types of a body; empty: any
  std::vector<std::string_view> gives = {kJson};  ///< media types that it can answer; for Accept
  std::string scope = {};                         ///< the owner's: what `authenticate` asks for
  std::string label = {};                         ///< the owner's: for metrics; the pattern by default
  int rank = 0;                                   ///< the owner's: what is refused first under load

  Route& limit(std::size_t bytes) { return body_limit = bytes, *this; }
  Route& consumes(std::vector<std::string_view> types) { return takes = std::move(types), *this; }
  Route& produces(std::vector<std::string_view> types) { return gives = std::move(types), *this; }
  Route& needs(std::string word) { return scope = std::move(word), *this; }
  Route& ranks(int place) { return rank = place, *this; }
};

/// Built once before the server starts, then only read, by all loops. A literal segment wins over a parameter where both have the method.
/// HEAD is answered by the GET route, OPTIONS by the router.
class Router {
 public:
  Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  Route& add(Method method, std::string_view pattern, Handler handler);
  Route& add_fast(Method method, std::string_view pattern, FastHandler handler);
  const std::deque<Route>& routes() const { return routes_; }

  enum class Found { route, no_path, no_method };
  /// Sets request.route and its parameters from request.path. Segments were checked by the guard's decoder (see target.hpp).
  Found find(Request& request) const;
  /// "GET, HEAD, OPTIONS": what the path answers to; of all routes for "*". Empty when the path is unknown.
  std::string allow(std::string_view path) const;

 private:
  struct Node;
  Route& insert(Route route);
  std::deque<Route> routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace crossdock::http
