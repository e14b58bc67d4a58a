#include "http/client.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "http/chars.hpp"
#include "http/pool.hpp"

namespace crossdock::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

using Wired = bhttp::request<bhttp::string_body>;
using Parser = bhttp::response_parser<bhttp::string_body>;

/// How far an exchange came, and why it went no further.
struct Progress {
  bool sent_any = false;
  bool heard_any = false;
  boost::system::error_code failed;
};

bool safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

Outcome check(const ClientRequest& request) {
  auto bad = [](std::string what) { return Fault(FaultKind::broken, "bad_request", std::move(what)); };
  if (request.method.empty() || !chars::all(chars::kToken, request.method)) return bad("the method is not a token");
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || !chars::all(chars::kToken, name) || !chars::field_value(value)) return bad("header " + name + " is not valid");
    for (std::string_view own : {"host", "connection", "content-length", "transfer-encoding"}) {
      if (chars::same(name, own)) return bad("header " + name + " is the client's own");
    }
  }
  return Done{};
}

Wired wired(const ClientRequest& request, const Url& url, const std::string& user_agent) {
  Wired out;
  out.version(11);
  out.method_string(request.method);
  out.target(url.target);
  out.set(bhttp::field::host, url.host_header);
  out.set(bhttp::field::user_agent, user_agent);
  for (const auto& [name, value] : request.headers) out.set(name, value);
  out.body() = request.body;
  out.prepare_payload();
  return out;
}

/// Right after the head: what comes as a trailer later never becomes a header.
void copy_head(const Parser& parser, ClientResponse& out) {
  out.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    std::string name(field.name_string());
    for (char& c : name) c = chars::lower(c);
    out.headers.emplace_back(std::move(name), std::string(field.value()));
  }
}

template <class Stream>
Task<void> send(Stream* stream, const Wired* message, Progress* progress) {
  auto writing = bhttp::async_write(*stream, *message, asio::redirect_error(asio::use_awaitable, progress->failed));
  std::size_t n = co_await std::move(writing);
  progress->sent_any = n > 0 || !progress->failed;
}

/// True when a whole answer stands in `out`. Interim answers (1xx) are skipped.
template <class Stream>
Task<bool> hear(Stream* stream, Channel* channel, bool head_only, std::size_t limit, ClientResponse* out, Progress* progress, bool* keep) {
  for (;;) {
    Parser parser;
    parser.header_limit(16 * 1'024);
    parser.body_limit(limit);
    parser.skip(head_only);
    progress->failed = {};
    auto reading_head =
        bhttp::async_read_header(*stream, channel->buffer, parser, asio::redirect_error(asio::use_awaitable, progress->failed));
    std::size_t n = co_await std::move(reading_head);
    progress->heard_any = progress->heard_any || n > 0 || parser.got_some() || channel->buffer.size() > 0;
    if (progress->failed) co_return false;
    if (parser.get().result_int() < 200) continue;
    copy_head(parser, *out);
    auto reading = bhttp::async_read(*stream, channel->buffer, parser, asio::redirect_error(asio::use_awaitable, progress->failed));
    co_await std::move(reading);
    if (progress->failed) co_return false;
    *keep = parser.get().keep_alive() && channel->buffer.size() == 0;
    out->body = std::move(parser.get().body());
    co_return true;
  }
}

/// One request and its answer on one connection.
template <class Stream>
Task<bool> exchange(Stream* stream, Channel* channel, const Wired* message, std::size_t limit, ClientResponse* out, Progress* progress,
                    bool* keep) {
  auto sending = send(stream, message, progress);
  co_await std::move(sending);
  if (!progress->sent_any) co_return false;
  // Even if the rest was not sent: a peer that refuses early answers before it closes.
  auto hearing = hear(stream, channel, message->method() == bhttp::verb::head, limit, out, progress, keep);
  bool heard = co_await std::move(hearing);
  co_return heard;
}

Fault fault_of(const Progress& progress, const ClientRequest& request, const Url& url) {
  const auto& why = progress.failed;
  if (why == bhttp::error::body_limit || why == bhttp::error::header_limit)
    return Fault(FaultKind::broken, "answer_too_large", url.host + " answered with more than is taken");
  std::string code = why == beast::error::timeout ? "deadline" : progress.heard_any ? "answer_broken" : "no_answer";
  if (!progress.sent_any) return Fault(FaultKind::unavailable, std::move(code), url.host + ": " + why.message() + "; nothing was sent");
  if (safe(request.method)) return Fault(FaultKind::unavailable, std::move(code), url.host + ": " + why.message());
  return Fault(FaultKind::uncertain, std::move(code), url.host + ": " + why.message() + "; it may have been done");
}

}  // namespace

std::string_view ClientResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

Client::Client(asio::io_context& loop, ClientSettings settings) : pool_(std::make_shared<Pool>(loop, std::move(settings))) {}
Client::~Client() = default;

std::size_t Client::idle_connections() const { return pool_->idle(); }

Task<Result<ClientResponse>> Client::call(ClientRequest request, Deadline deadline) {
  auto pool = pool_;  // the client may die while this is under way
  auto url = Url::parse(request.url);
  if (!url) co_return Fault(FaultKind::broken, "bad_url", "not a URL that can be called: " + request.url);
  Outcome fine = check(request);
  if (!fine) co_return fine.fault();
  const Wired message = wired(request, *url, pool->settings().user_agent);
  for (bool first = true;; first = false) {
    auto leasing = pool->lease(*url, deadline);
    auto lease = co_await std::move(leasing);
    if (!lease) co_return lease.fault();
    if (!first) lease->channel.reset();
    const bool reused = lease->channel != nullptr;
    if (!reused) {
      auto connecting = pool->connect(*url, deadline);
      auto connected = co_await std::move(connecting);
      if (!connected) co_return connected.fault();
      lease->channel = std::move(connected.value());
    }
    Channel* channel = lease->channel.get();
    channel->plain().expires_at(deadline.at());
    Progress progress;
    ClientResponse answer;
    const std::size_t limit = pool->settings().response_limit;
    auto talking = channel->is_tls() ? exchange(&channel->tls(), channel, &message, limit, &answer, &progress, &lease->keep)
                                     : exchange(&channel->plain(), channel, &message, limit, &answer, &progress, &lease->keep);
    bool heard = co_await std::move(talking);
    if (heard) co_return Result<ClientResponse>(std::move(answer));
    // A kept connection may have been closed just as it was used again: what changes nothing is repeated once on a new one.
    bool stale = reused && first && !progress.heard_any && progress.failed != beast::error::timeout;
    if (stale && (safe(request.method) || !progress.sent_any)) continue;
    co_return fault_of(progress, request, *url);
  }
}

}  // namespace crossdock::http
