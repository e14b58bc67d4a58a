#include "http/certificate.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <ctime>
#include <memory>

#include "http/url.hpp"
#include "runtime/within.hpp"

namespace crossdock::http {

using asio::ip::tcp;

namespace {

Fault unreachable(const Url& url, const boost::system::error_code& why) {
  return Fault(FaultKind::unavailable, "tls_failed", url.host + ": " + why.message());
}

Result<Instant> end_of(SSL* connection, const Url& url) {
  const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(connection), &X509_free);
  std::tm end{};
  if (!shown || ASN1_TIME_to_tm(X509_get0_notAfter(shown.get()), &end) != 1)
    return Fault(FaultKind::broken, "no_certificate", url.host + " shows no certificate that can be read");
  return Instant{static_cast<std::int64_t>(::timegm(&end)) * 1'000'000};
}

Task<Result<Instant>> shake_hands(asio::io_context* loop, Url url) {
  boost::system::error_code failed;
  tcp::resolver resolver(*loop);
  auto asking = resolver.async_resolve(url.host, url.port, asio::redirect_error(asio::use_awaitable, failed));
  auto addresses = co_await std::move(asking);
  if (failed) co_return unreachable(url, failed);
  asio::ssl::context context(asio::ssl::context::tls_client);
  boost::beast::ssl_stream<boost::beast::tcp_stream> stream(*loop, context);
  stream.set_verify_mode(asio::ssl::verify_none);  // an expired or a foreign one is to be seen, not refused; nothing is sent to it
  SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
  auto connecting = stream.next_layer().async_connect(addresses, asio::redirect_error(asio::use_awaitable, failed));
  co_await std::move(connecting);
  if (failed) co_return unreachable(url, failed);
  auto shaking = stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, failed));
  co_await std::move(shaking);
  if (failed) co_return unreachable(url, failed);
  co_return end_of(stream.native_handle(), url);
}

}  // namespace

Task<Result<Instant>> certificate_end(asio::io_context* loop, std::string url, Deadline deadline) {
  auto parsed = Url::parse(url);
  if (!parsed || !parsed->tls) co_return Fault(FaultKind::broken, "bad_url", url + " is no https URL");
  auto shaking = runtime::within(deadline, shake_hands(loop, std::move(*parsed)));
  Result<Instant> end = co_await std::move(shaking);
  co_return end;
}

}  // namespace crossdock::http
