// What a system answers us: whatever the bytes are, a call ends with an answer within the limits or with a fault that says whether it may
// have been done, and how the network cuts the bytes makes no difference.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>

#include "fuzz/require.hpp"
#include "http/chars.hpp"
#include "http/client.hpp"

namespace {

using namespace crossdock;
using namespace crossdock::http;
using boost::asio::ip::tcp;

constexpr std::size_t limit = 4'096;
using Answer = Result<ClientResponse>;

Task<void> play(tcp::acceptor* door, std::string_view bytes, std::size_t cut) {
  boost::system::error_code failed;
  auto accepting = door->async_accept(asio::redirect_error(asio::use_awaitable, failed));
  tcp::socket peer = co_await std::move(accepting);
  if (failed) co_return;
  char request[4'096];
  std::string heard;
  while (heard.find("\r\n\r\n") == std::string::npos && !failed) {
    auto reading = peer.async_read_some(asio::buffer(request), asio::redirect_error(asio::use_awaitable, failed));
    std::size_t n = co_await std::move(reading);
    heard.append(request, n);
  }
  for (std::string_view part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    auto writing = asio::async_write(peer, asio::buffer(part), asio::redirect_error(asio::use_awaitable, failed));
    co_await std::move(writing);
    if (failed) co_return;
  }
  peer.shutdown(tcp::socket::shutdown_send, failed);
  while (!failed) {  // until the client has closed, or what it did not read would be lost
    auto reading = peer.async_read_some(asio::buffer(request), asio::redirect_error(asio::use_awaitable, failed));
    co_await std::move(reading);
  }
}

Task<void> ask(asio::io_context* loop, std::string method, std::string url, std::optional<Answer>* answer) {
  ClientSettings settings;
  settings.response_limit = limit;
  Client client(*loop, settings);
  auto calling = client.call(ClientRequest(std::move(method), std::move(url)), Deadline::in(std::chrono::seconds(5)));
  Answer got = co_await std::move(calling);
  answer->emplace(std::move(got));
}

Answer call(const std::string& method, std::string_view bytes, std::size_t cut) {
  asio::io_context loop(1);
  tcp::acceptor door(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  std::string url = "http://127.0.0.1:" + std::to_string(door.local_endpoint().port()) + "/x";
  std::optional<Answer> answer;
  auto thrown = [](const std::exception_ptr& escaped) { require(!escaped, "nothing is thrown"); };
  asio::co_spawn(loop, play(&door, bytes, cut), thrown);
  asio::co_spawn(loop, ask(&loop, method, url, &answer), [&](const std::exception_ptr& escaped) {
    thrown(escaped);
    door.close();
  });
  loop.run();
  require(answer.has_value(), "a call ends");
  return std::move(*answer);
}

void expect_sound(const Answer& answer, bool changes_nothing) {
  if (!answer) {
    auto kind = answer.fault().kind();
    require(kind == FaultKind::broken || kind == (changes_nothing ? FaultKind::unavailable : FaultKind::uncertain),
            "what was sent may have been done, unless it changes nothing");
    require(answer.fault().code() != "deadline", "a peer that closes is not waited for");
    return;
  }
  require(answer->status >= 200 && answer->status <= 999, "an interim answer is none");
  require(answer->body.size() <= limit, "the limit holds");
  for (const auto& [name, value] : answer->headers) {
    require(!name.empty() && std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
            "names are in lower case");
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "no line ends in a value");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string method = data[0] % 3 == 0 ? "GET" : data[0] % 3 == 1 ? "POST" : "HEAD";
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  auto whole = call(method, bytes, bytes.size());
  expect_sound(whole, method != "POST");
  auto parts = call(method, bytes, std::min<std::size_t>(data[1], bytes.size()));
  expect_sound(parts, method != "POST");
  require(static_cast<bool>(whole) == static_cast<bool>(parts), "cut or not, there is an answer or none");
  if (!whole) return 0;
  require(whole->status == parts->status && whole->headers == parts->headers && whole->body == parts->body, "cut or not, it is the same");
  return 0;
}
