#include "http/writer.hpp"

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ctime>

namespace crossdock::http {

namespace {

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  auto [end, failed] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  (void)failed;
  out.append(digits.data(), end);
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status));
  out.append(" ").append(reason.data(), reason.size()).append("\r\n");
}

/// Values come from handlers: what would split the response becomes a blank.
void append_value(std::string& out, std::string_view value) {
  for (char c : value) out.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
}

}  // namespace

bool bodiless(int status) { return status == 204 || status == 304 || status < 200; }

void append_response(std::string& out, const Response& response, const Envelope& envelope, bool with_body) {
  append_status_line(out, response.status);
  out.append("Date: ").append(envelope.date).append("\r\n");
  if (!bodiless(response.status)) {
    if (!response.content_type.empty()) out.append("Content-Type: ").append(response.content_type).append("\r\n");
    out.append("Content-Length: ");
    append_number(out, response.content().size());
    out.append("\r\n");
  }
  if (envelope.close) {
    out.append("Connection: close\r\n");
  } else if (envelope.http10) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("X-Correlation-Id: ").append(envelope.correlation_id).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    out.append(name).append(": ");
    append_value(out, value);
    out.append("\r\n");
  }
  out.append("\r\n");
  if (with_body && !envelope.head_only && !bodiless(response.status)) out.append(response.content());
}

std::string http_date(std::int64_t seconds) {
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  auto two = [](int n) { return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)}; };
  std::string out;
  out.append(kDays[utc.tm_wday]).append(", ").append(two(utc.tm_mday)).append(" ").append(kMonths[utc.tm_mon]).append(" ");
  out.append(std::to_string(1900 + utc.tm_year)).append(" ").append(two(utc.tm_hour)).append(":").append(two(utc.tm_min));
  out.append(":").append(two(utc.tm_sec)).append(" GMT");
  return out;
}

}  // namespace crossdock::http
