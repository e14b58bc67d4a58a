// Whole bytes to requests, as a connection does it: guard, Beast, target, router, media types, chunks. Answers must be well formed.
#include <algorithm>
#include <string>

#include "fuzz/require.hpp"
#include "http/chunks.hpp"
#include "http/head_parser.hpp"
#include "http/media.hpp"
#include "http/problems.hpp"
#include "http/router.hpp"
#include "http/writer.hpp"

namespace {

using namespace crossdock;
using namespace crossdock::http;

const Router& router() {
  static const Router built = [] {
    Router r;
    auto nothing = [](Request&) { return Response(); };
    r.add_fast(Method::get, "/v1/items/{sku}", nothing);
    r.add_fast(Method::put, "/v1/items/{sku}", nothing);
    r.add_fast(Method::post, "/v1/items/import", nothing);
    r.add_fast(Method::del, "/v1/orders/{id}/holds/{code}", nothing);
    r.add_fast(Method::post, "/v1/orders", nothing).limit(500);
    return r;
  }();
  return built;
}

void expect_one_head(std::string_view out) {
  auto end = out.find("\r\n\r\n");
  require(end != std::string_view::npos, "a response has a head");
  std::string_view head = out.substr(0, end);
  require(std::none_of(head.begin(), head.end(), [](char c) { return c == '\0'; }), "no NUL in a response's head");
  require(std::count(head.begin(), head.end(), '\n') == std::count(head.begin(), head.end(), '\r'), "only whole line ends in it");
}

Response answer(Request& request) {
  if (!parse_target(request)) return Problem("invalid_request", "target").response(request);
  switch (router().find(request)) {
    case Router::Found::no_path:
      return Problem("not_found", std::string(request.path)).response(request);
    case Router::Found::no_method:
      return Problem("method_not_allowed", router().allow(request.path)).response(request);
    case Router::Found::route:
      break;
  }
  if (!takes_body(request, request.route->takes)) return Problem("unsupported_media_type", "x").response(request);
  if (!acceptable(request, request.route->gives)) return Problem("not_acceptable", "x").response(request);
  return Response(201, std::string(request.param("sku"))).with("Location", "/v1/items/" + std::string(request.param("sku")));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (int i = 0; i < 8 && !bytes.empty(); ++i) {
    HeadGuard guard;
    auto state = guard.feed(bytes);
    if (state == HeadGuard::State::refused) require(guard.refusal().status >= 400 && !guard.refusal().detail.empty(), "a refusal says why");
    if (state != HeadGuard::State::passed) return 0;
    Request request;
    require(parse_head(bytes, guard.head(), request), "Beast agrees with the guard");
    bytes.remove_prefix(guard.head().size);
    request.correlation_id = valid_correlation_id(request.headers.correlation_id) ? request.headers.correlation_id : "made";
    Response response = answer(request);
    std::string out;
    append_response(out, response, Envelope{"D", request.correlation_id, !guard.head().keep_alive, guard.head().http10, false}, true);
    expect_one_head(out);
    if (guard.head().framing == Framing::chunked) {
      ChunkReader reader(500);
      std::size_t used = 0;
      if (reader.feed(bytes, request.body, used) != ChunkReader::State::done) return 0;
      bytes.remove_prefix(used);
    } else {
      bytes.remove_prefix(static_cast<std::size_t>(std::min<std::uint64_t>(guard.head().content_length, bytes.size())));
    }
  }
  return 0;
}
