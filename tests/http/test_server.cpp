#include "test_server.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "crossdock/base/json.hpp"
#include "runtime/within.hpp"

namespace crossdock::http {

namespace {

Response echo(Request& request) {
  json::Document document;
  if (!request.body.empty() && document.parse(request.body)) return Problem("malformed_json", "not JSON").response(request);
  return Response(200, request.body.empty() ? "null" : request.body);
}

Task<Response> later(Request& request) {
  auto slept = runtime::pause(std::chrono::milliseconds(5));
  co_await std::move(slept);
  std::string body = "\"later\"";
  if (auto ms = request.query("ms")) {
    auto more = runtime::pause(std::chrono::milliseconds(std::atoi(std::string(*ms).c_str())));
    co_await std::move(more);
  }
  co_return Response(200, std::move(body));
}

Task<Response> torn(Request& request) {
  auto slept = runtime::pause(std::chrono::milliseconds(1));
  co_await std::move(slept);
  if (request.peer != "") throw std::runtime_error("torn");
  co_return Response();
}

}  // namespace

Router TestServer::routes() {
  Router router;
  router.add_fast(Method::get, "/hello", [this](Request&) { return ++requests, Response(200, "\"hello\""); });
  router.add_fast(Method::post, "/echo", [this](Request& r) { return ++requests, echo(r); }).limit(4'096);
  router.add_fast(Method::post, "/big", [this](Request& r) { return ++requests, Response(200, std::to_string(r.body.size())); })
      .limit(16U << 20);
  router.add_fast(Method::get, "/large", [](Request&) { return Response(200, "\"" + std::string(8U << 20, 'x') + "\""); });
  router.add_fast(Method::get, "/items/{sku}", [](Request& r) { return Response(200, std::string(r.param("sku")), kText); }).produces({});
  router.add_fast(Method::get, "/broken", [](Request&) -> Response { throw std::runtime_error("torn"); });
  router.add(Method::get, "/later", later);
  router.add(Method::get, "/torn", torn);
  return router;
}

TestServer::TestServer(std::function<void(Settings&, Router&, Hooks&)> adjust, std::size_t loops) : loops_(loops) {
  Settings settings;
  Router router = routes();
  Hooks hooks;
  hooks.trouble = [this](std::string_view event, std::string_view detail) {
    std::lock_guard lock(mutex_);
    troubles_.push_back(std::string(event) + ": " + std::string(detail));
  };
  if (adjust) adjust(settings, router, hooks);
  server_ = std::make_unique<Server>(loops_, std::move(settings), std::move(router), std::move(hooks));
  auto started = server_->start();
  if (!started) throw std::runtime_error(started.fault().message());
  loops_.start();
}

TestServer::~TestServer() {
  server_->stop(Deadline::in(std::chrono::seconds(2)));
  loops_.stop();
  loops_.join();
  EXPECT_EQ(loops_.escaped(), 0u) << "something escaped to a loop's edge";
}

std::vector<std::string> TestServer::troubles() const {
  std::lock_guard lock(mutex_);
  return troubles_;
}

}  // namespace crossdock::http
