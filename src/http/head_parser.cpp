#include "http/head_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "http/chars.hpp"
#include "http/target.hpp"

namespace crossdock::http {

namespace beast = boost::beast;

namespace {
std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }
}  // namespace

/// Beast's push parser with callbacks that keep views: nothing is copied or allocated per field. Only heads are fed to it.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  explicit HeadParser(Request& request) : request_(request) {
    body_limit(boost::none);   // the routes' business
    header_limit(64 * 1'024);  // the guard's business
    eager(false);
  }

  static void take(Request& request, std::string_view bytes) { request.head_.assign(bytes); }

  bool run(const Head& head) {
    beast::error_code error;
    put(boost::asio::buffer(request_.head_), error);
    if (error == beast::http::error::need_more) error = {};
    if (error || !is_header_done() || chunked() != (head.framing == Framing::chunked)) return false;
    auto length = content_length();
    return head.framing == Framing::length ? length && *length == head.content_length : !length || *length == 0;
  }

  static bool target(Request& request) {
    Target parts = split_target(request.target);
    request.path = parts.path;
    return valid_path(parts.path) && parse_query(parts.query, request.query_);
  }

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int, beast::error_code&) override {
    request_.method_text = view(method);
    request_.method = method_of(request_.method_text);
    request_.target = view(target);
  }
  void on_field_impl(beast::http::field name, beast::string_view text, beast::string_view value, beast::error_code&) override {
    request_.fields.push_back(Field{view(text), view(value)});
    if (std::string_view* known = slot(name, view(text))) *known = view(value);
  }
  std::string_view* slot(beast::http::field name, std::string_view text) {
    Headers& h = request_.headers;
    switch (name) {
      case beast::http::field::accept:
        return &h.accept;
      case beast::http::field::authorization:
        return &h.authorization;
      case beast::http::field::content_encoding:
        return &h.content_encoding;
      case beast::http::field::content_type:
        return &h.content_type;
      case beast::http::field::host:
        return &h.host;
      case beast::http::field::if_match:
        return &h.if_match;
      case beast::http::field::if_none_match:
        return &h.if_none_match;
      case beast::http::field::unknown:
        break;
      default:
        return nullptr;
    }
    if (chars::same(text, "x-api-key")) return &h.api_key;
    if (chars::same(text, "idempotency-key")) return &h.idempotency_key;
    if (chars::same(text, "x-correlation-id")) return &h.correlation_id;
    if (chars::same(text, "x-request-timeout-ms")) return &h.timeout_ms;
    if (chars::same(text, "traceparent")) return &h.traceparent;
    return nullptr;
  }
  void on_header_impl(beast::error_code&) override {}
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, beast::error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, beast::error_code&) override { return body.size(); }
  void on_finish_impl(beast::error_code&) override {}

  Request& request_;
};

bool parse_head(std::string_view bytes, const Head& head, Request& request) {
  HeadParser::take(request, bytes.substr(head.begin, head.size - head.begin));
  HeadParser parser(request);
  return parser.run(head);
}

bool parse_target(Request& request) { return HeadParser::target(request); }

bool valid_correlation_id(std::string_view text) {
  if (text.empty() || text.size() > 128) return false;
  for (char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

}  // namespace crossdock::http
