#include "http/pool.hpp"

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/within.hpp"

namespace crossdock::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {
Fault unreachable(std::string code, const std::string& host, const std::string& why) {
  return Fault(FaultKind::unavailable, std::move(code), host + ": " + why + "; nothing was sent");
}
}  // namespace

Channel::Tls& Channel::secure(asio::ssl::context& context) { return tls_.emplace(std::move(plain_), context); }

bool Channel::usable() {
  char byte = 0;
  auto n = ::recv(plain().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Pool::Lease::~Lease() {
  if (pool_) pool_->give_back(key_, keep ? std::move(channel) : nullptr);
}

void Pool::give_back(const std::string& key, std::unique_ptr<Channel> channel) {
  Host& host = hosts_[key];
  --host.leased;
  if (channel) {
    channel->plain().expires_never();
    channel->idle_since = Clock::now();
    host.idle.push_back(std::move(channel));
  }
  call_next(host);
}

void Pool::call_next(Host& host) {
  if (host.waiting.empty()) return;
  Waiter* next = host.waiting.front();
  host.waiting.pop_front();  // so that the next place calls another
  next->called = true;
  next->turn.cancel();
}

Task<void> Pool::wait_in(Host* host, Deadline deadline) {
  Waiter waiter(loop_);
  auto place = host->waiting.insert(host->waiting.end(), &waiter);
  // Leaves the line however this ends: called, at the deadline, or cancelled. A call that cannot be followed goes to the next.
  struct Leaving {
    Host& host;
    Waiter& waiter;
    std::list<Waiter*>::iterator place;
    bool cancelled = true;
    ~Leaving() {
      if (!waiter.called) host.waiting.erase(place);
      if (waiter.called && cancelled) call_next(host);
    }
  } leaving{*host, waiter, place};
  waiter.turn.expires_at(deadline.at());
  boost::system::error_code woken;
  auto waiting = waiter.turn.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  co_await std::move(waiting);
  leaving.cancelled = false;
}

Task<Result<Pool::Lease>> Pool::lease(Url url, Deadline deadline) {
  auto self = shared_from_this();
  std::string key = (url.tls ? "https://" : "http://") + url.host + ":" + url.port;
  Host& host = hosts_[key];  // a map's nodes stay where they are
  while (host.leased >= settings_.connections_per_host) {
    if (deadline.passed()) co_return unreachable("no_free_connection", url.host, "all connections were busy until the deadline");
    auto waiting = wait_in(&host, deadline);
    co_await std::move(waiting);
  }
  ++host.leased;
  Lease lease(self, std::move(key));
  while (!host.idle.empty() && !lease.channel) {
    auto channel = std::move(host.idle.back());
    host.idle.pop_back();
    if (Clock::now() - channel->idle_since < settings_.keep && channel->usable()) lease.channel = std::move(channel);
  }
  co_return Result<Lease>(std::move(lease));
}

Task<Result<Pool::Endpoints>> Pool::resolve(Url url) {
  Endpoints found;
  boost::system::error_code failed;
  auto literal = asio::ip::make_address(url.host, failed);
  if (!failed) {
    found.emplace_back(literal, static_cast<unsigned short>(std::stoi(url.port)));
  } else {
    tcp::resolver resolver(loop_);
    auto asking = resolver.async_resolve(url.host, url.port, asio::redirect_error(asio::use_awaitable, failed));
    auto answers = co_await std::move(asking);
    if (failed) co_return unreachable("name_unknown", url.host, failed.message());
    for (const auto& answer : answers) found.push_back(answer.endpoint());
  }
  if (settings_.allows) {
    std::erase_if(found, [this](const tcp::endpoint& where) { return !settings_.allows(where.address().to_string()); });
    if (found.empty()) co_return Fault(FaultKind::broken, "address_not_allowed", url.host + " has no address that may be called");
  }
  co_return Result<Endpoints>(std::move(found));
}

Task<Result<std::unique_ptr<Channel>>> Pool::connect(Url url, Deadline deadline) {
  auto resolving = runtime::within(deadline, resolve(url));
  auto endpoints = co_await std::move(resolving);
  if (!endpoints) co_return endpoints.fault();
  auto channel = std::make_unique<Channel>(Channel::Plain(loop_));
  channel->plain().expires_at(deadline.at());
  boost::system::error_code failed;
  auto connecting = channel->plain().async_connect(*endpoints, asio::redirect_error(asio::use_awaitable, failed));
  co_await std::move(connecting);
  if (failed) co_return unreachable("connect_failed", url.host, failed.message());
  channel->plain().socket().set_option(tcp::no_delay(true), failed);
  if (url.tls) {
    auto securing = handshake(channel.get(), url);
    Outcome secured = co_await std::move(securing);
    if (!secured) co_return secured.fault();
  }
  co_return Result<std::unique_ptr<Channel>>(std::move(channel));
}

Task<Outcome> Pool::handshake(Channel* channel, Url url) {
  Outcome prepared = prepare_tls();
  if (!prepared) co_return prepared;
  auto& stream = channel->secure(*tls_);
  SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
  boost::system::error_code failed;
  auto shaking = stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, failed));
  co_await std::move(shaking);
  if (!failed) co_return Done{};
  if (SSL_get_verify_result(stream.native_handle()) != X509_V_OK || failed.message().find("certificate") != std::string::npos)
    co_return Fault(FaultKind::broken, "certificate_refused", url.host + ": " + failed.message());
  co_return unreachable("tls_failed", url.host, failed.message());
}

Outcome Pool::prepare_tls() {
  if (tls_) return Done{};
  boost::system::error_code failed;
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  if (settings_.ca_file.empty()) {
    context.set_default_verify_paths(failed);
  } else {
    context.load_verify_file(settings_.ca_file, failed);
  }
  if (failed) return Fault(FaultKind::broken, "ca_file", settings_.ca_file + ": " + failed.message());
  tls_.emplace(std::move(context));
  return Done{};
}

std::size_t Pool::idle() const {
  std::size_t sum = 0;
  for (const auto& [key, host] : hosts_) sum += host.idle.size();
  return sum;
}

}  // namespace crossdock::http
