// The guard's half that reads header fields.
#include <limits>

#include "http/chars.hpp"
#include "http/guard.hpp"

namespace crossdock::http {

/// Fields that may stand once only (Connection may repeat). One bit each.
enum HeadGuard::Known : std::uint32_t {
  kOther = 0,
  kHost = 1U << 0,
  kContentLength = 1U << 1,
  kTransferEncoding = 1U << 2,
  kConnection = 1U << 3,
  kExpect = 1U << 4,
  kAuthorization = 1U << 5,
  kContentType = 1U << 6,
  kIdempotencyKey = 1U << 7,
  kApiKey = 1U << 8,
  kCorrelationId = 1U << 9,
  kTimeout = 1U << 10,
  kTraceparent = 1U << 11,
  kIfMatch = 1U << 12,
  kContentEncoding = 1U << 13,
};

HeadGuard::Known HeadGuard::known(std::string_view name) {
  auto is = [name](std::string_view word) { return chars::same(name, word); };
  switch (name.size()) {
    case 4:
      return is("host") ? kHost : kOther;
    case 6:
      return is("expect") ? kExpect : kOther;
    case 8:
      return is("if-match") ? kIfMatch : kOther;
    case 9:
      return is("x-api-key") ? kApiKey : kOther;
    case 10:
      return is("connection") ? kConnection : kOther;
    case 11:
      return is("traceparent") ? kTraceparent : kOther;
    case 12:
      return is("content-type") ? kContentType : kOther;
    case 13:
      return is("authorization") ? kAuthorization : kOther;
    case 14:
      return is("content-length") ? kContentLength : kOther;
    case 15:
      return is("idempotency-key") ? kIdempotencyKey : kOther;
    case 16:
      return is("x-correlation-id") ? kCorrelationId : is("content-encoding") ? kContentEncoding : kOther;
    case 17:
      return is("transfer-encoding") ? kTransferEncoding : kOther;
    case 20:
      return is("x-request-timeout-ms") ? kTimeout : kOther;
    default:
      return kOther;
  }
}

bool HeadGuard::field(std::string_view line, std::size_t at) {
  if (++fields_ > limits_.fields) return refuse(431, "more than 100 header fields"), false;
  if (line.front() == ' ' || line.front() == '\t') return refuse(400, "a folded header line"), false;
  auto colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a header line without a colon"), false;
  std::string_view name = line.substr(0, colon);
  if (name.empty() || !chars::all(chars::kToken, name)) return refuse(400, "a header name that is not a token"), false;
  if (name.find('_') != std::string_view::npos) return refuse(400, "a header name with an underscore"), false;
  std::string_view raw = line.substr(colon + 1);
  if (!chars::field_value(raw)) return refuse(400, "a control character in a header"), false;
  Known which = known(name);
  if (which == kOther) return true;
  std::string_view value = chars::trim(raw);
  return known_field(which, value, at + static_cast<std::size_t>(value.data() - line.data()));
}

bool HeadGuard::known_field(Known which, std::string_view value, std::size_t at) {
  if (which == kConnection) return connection(value);
  if ((seen_ & which) != 0) return refuse(400, "a header that may stand only once is repeated"), false;
  seen_ |= which;
  switch (which) {
    case kHost:
      host_ = Span{at, value.size()};
      return valid_host(value) || (refuse(400, "Host is not a host"), false);
    case kContentLength:
      return content_length(value);
    case kTransferEncoding:
      if (value != "chunked") return refuse(400, "Transfer-Encoding is not exactly chunked"), false;
      if ((seen_ & kContentLength) != 0) return refuse(400, "both Content-Length and Transfer-Encoding"), false;
      head_.framing = Framing::chunked;
      return true;
    case kExpect:
      head_.expects_continue = chars::same(value, "100-continue");
      return head_.expects_continue || (refuse(417, "only 100-continue can be expected"), false);
    default:
      return true;
  }
}

bool HeadGuard::connection(std::string_view value) {
  bool tokens = chars::each_member(value, [this](std::string_view member) {
    close_ = close_ || chars::same(member, "close");
    keep_alive_ = keep_alive_ || chars::same(member, "keep-alive");
    return chars::all(chars::kToken, member);
  });
  return tokens || (refuse(400, "Connection is not a list of tokens"), false);
}

bool HeadGuard::content_length(std::string_view value) {
  if ((seen_ & kTransferEncoding) != 0) return refuse(400, "both Content-Length and Transfer-Encoding"), false;
  if (value.empty() || value.size() > 19 || !chars::all(chars::kDigit, value))
    return refuse(400, "Content-Length is not a number of at most 19 digits"), false;
  if (value.size() > 1 && value.front() == '0') return refuse(400, "Content-Length has a leading zero"), false;
  std::uint64_t length = 0;
  for (char c : value) length = length * 10 + static_cast<std::uint64_t>(c - '0');  // 19 digits fit
  head_.content_length = length;
  head_.framing = length == 0 ? Framing::none : Framing::length;
  return true;
}

}  // namespace crossdock::http
