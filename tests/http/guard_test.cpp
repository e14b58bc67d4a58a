#include "http/guard.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "http/chunks.hpp"
#include "http/head_parser.hpp"

namespace crossdock::http {
namespace {

using State = HeadGuard::State;

State verdict(std::string_view bytes, std::size_t step) {
  HeadGuard guard;
  State state = State::more;
  for (std::size_t n = step; state == State::more; n += step) {
    state = guard.feed(bytes.substr(0, n));
    if (n >= bytes.size()) break;
  }
  return state;
}

TEST(HeadGuard, tells_what_it_passed) {
  HeadGuard guard;
  std::string_view bytes = "\r\nPOST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-Continue\r\n\r\nbody";
  ASSERT_EQ(guard.feed(bytes), State::passed);
  EXPECT_EQ(guard.head().begin, 2u);
  EXPECT_EQ(guard.head().size, bytes.size() - 4);
  EXPECT_EQ(guard.head().framing, Framing::length);
  EXPECT_EQ(guard.head().content_length, 12u);
  EXPECT_TRUE(guard.head().keep_alive);
  EXPECT_TRUE(guard.head().expects_continue);
}

TEST(HeadGuard, does_not_care_how_the_bytes_are_cut) {
  for (std::string_view bytes : {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", "GET /\rx",
                                 "\r\n\r\n\r\n", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"}) {
    for (std::size_t step = 1; step <= bytes.size(); ++step) EXPECT_EQ(verdict(bytes, step), verdict(bytes, bytes.size())) << bytes;
  }
}

TEST(HeadGuard, asks_for_more_at_every_prefix_of_a_good_head) {
  std::string_view bytes = "GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n";
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_EQ(HeadGuard().feed(bytes.substr(0, n)), State::more) << n;
  EXPECT_EQ(HeadGuard().feed(bytes), State::passed);
}

bool beast_alone_takes(std::string_view bytes) {
  boost::beast::http::request_parser<boost::beast::http::empty_body> parser;
  boost::beast::error_code error;
  parser.body_limit(boost::none);
  parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  return parser.is_header_done();
}

// The negative control: what stands behind the guard would let each of these through.
TEST(HeadGuard, refuses_what_beast_alone_takes) {
  std::string_view taken_by_beast[] = {
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: b\r\nAuthorization: c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX_User: admin\r\n\r\n",
      "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  for (std::string_view bytes : taken_by_beast) {
    EXPECT_TRUE(beast_alone_takes(bytes)) << bytes;
    EXPECT_EQ(HeadGuard().feed(bytes), State::refused) << bytes;
  }
}

TEST(ParseHead, refuses_when_beast_reads_another_framing) {
  std::string_view bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
  HeadGuard guard;
  ASSERT_EQ(guard.feed(bytes), State::passed);
  Head head = guard.head();
  Request request;
  EXPECT_TRUE(parse_head(bytes, head, request));
  request.fields.clear();
  head.content_length = 6;  // as if the guard had misread it
  EXPECT_FALSE(parse_head(bytes, head, request));
  head.framing = Framing::chunked;
  EXPECT_FALSE(parse_head(bytes, head, request));
}

TEST(ParseHead, fills_the_request) {
  std::string_view bytes =
      "PUT /v1/items/a%2Fb?x=1&y=a+b%26&x=2 HTTP/1.1\r\nHost: h\r\nx-api-key: k\r\nIdempotency-Key: i\r\nX-Correlation-ID: c\r\n"
      "traceparent: t\r\nX-Request-Timeout-Ms: 250\r\nIf-Match: \"3\"\r\nAccept: */*\r\nX-Other: o\r\n\r\n";
  HeadGuard guard;
  ASSERT_EQ(guard.feed(bytes), State::passed);
  Request request;
  ASSERT_TRUE(parse_head(bytes, guard.head(), request));
  ASSERT_TRUE(parse_target(request));
  EXPECT_EQ(request.method, Method::put);
  EXPECT_EQ(request.path, "/v1/items/a%2Fb");
  EXPECT_EQ(request.query("x"), "1");
  EXPECT_EQ(request.query("y"), "a b&");
  EXPECT_EQ(request.query("z"), std::nullopt);
  EXPECT_EQ(request.query().size(), 3u);
  EXPECT_EQ(request.headers.api_key, "k");
  EXPECT_EQ(request.headers.idempotency_key, "i");
  EXPECT_EQ(request.headers.correlation_id, "c");
  EXPECT_EQ(request.headers.traceparent, "t");
  EXPECT_EQ(request.headers.if_match, "\"3\"");
  EXPECT_EQ(request.header("x-other"), "o");
  EXPECT_EQ(request.header("x-none"), std::nullopt);
  request.received = Clock::now();
  EXPECT_EQ(request.deadline(std::chrono::seconds(1)).at(), request.received + std::chrono::milliseconds(250));
  EXPECT_EQ(request.deadline(std::chrono::milliseconds(100)).at(), request.received + std::chrono::milliseconds(100));
}

TEST(ChunkReader, takes_a_body_in_any_pieces) {
  std::string_view bytes = "5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\nrest";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    ChunkReader reader(100);
    std::string body;
    std::size_t at = 0, used = 0;
    auto state = ChunkReader::State::more;
    while (state == ChunkReader::State::more && at < bytes.size()) {
      state = reader.feed(bytes.substr(at, step), body, used);
      at += used;
    }
    EXPECT_EQ(state, ChunkReader::State::done);
    EXPECT_EQ(body, "hello world");
    EXPECT_EQ(bytes.substr(at), "rest");
  }
}

TEST(ChunkReader, bounds_its_memory_under_an_endless_extension) {
  ChunkReader reader(1U << 20);
  std::string body, piece(65'536, 'a');
  std::size_t used = 0;
  auto state = reader.feed("5;", body, used);
  for (int i = 0; i < 3'200 && state == ChunkReader::State::more; ++i) state = reader.feed(piece, body, used);
  EXPECT_EQ(state, ChunkReader::State::refused);
}

}  // namespace
}  // namespace crossdock::http
