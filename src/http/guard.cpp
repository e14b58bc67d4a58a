#include "http/guard.hpp"

#include <cstring>

#include "http/chars.hpp"

namespace crossdock::http {

namespace {
constexpr std::size_t kMethodAtMost = 63;  // so that an endless method is known before its line is complete
constexpr int kEmptyLinesAtMost = 2;
}  // namespace

HeadGuard::State HeadGuard::refuse(int status, std::string_view detail) {
  refusal_ = Refusal{status, "invalid_request", detail};
  return State::refused;
}

HeadGuard::State HeadGuard::feed(std::string_view so_far) {
  for (;;) {
    const void* found = scanned_ < so_far.size() ? std::memchr(so_far.data() + scanned_, '\n', so_far.size() - scanned_) : nullptr;
    if (found == nullptr) return unfinished(so_far);
    auto end = static_cast<std::size_t>(static_cast<const char*>(found) - so_far.data());
    State state = line(so_far, end);
    if (state != State::more) return state;
    line_at_ = scanned_ = end + 1;
  }
}

HeadGuard::State HeadGuard::unfinished(std::string_view so_far) {
  scanned_ = so_far.size();
  std::string_view rest = so_far.substr(line_at_);
  if (!has_request_line_ && !rest.empty() && rest != "\r") {
    if (!chars::is(chars::kToken, rest.front())) return refuse(400, "the request does not begin with a method");
    if (rest.size() > kMethodAtMost && rest.substr(0, kMethodAtMost + 1).find(' ') == std::string_view::npos)
      return refuse(400, "the method is longer than 63 characters");
    if (rest.size() > limits_.request_line + 1) return refuse(414, "the request line is longer than 8,100 bytes");
  }
  auto cr = rest.find('\r');
  if (cr != std::string_view::npos && cr + 1 != rest.size()) return refuse(400, "a CR without LF");
  if (so_far.size() >= limits_.head) return refuse(431, "the head is larger than 16 KiB");
  return State::more;
}

HeadGuard::State HeadGuard::line(std::string_view so_far, std::size_t end) {
  if (end + 1 > limits_.head && has_request_line_) return refuse(431, "the head is larger than 16 KiB");
  std::string_view text = so_far.substr(line_at_, end - line_at_);
  if (text.empty() || text.back() != '\r') return refuse(400, "a line ends with LF alone");
  text.remove_suffix(1);
  if (!has_request_line_) {
    if (text.empty()) {
      if (++empty_lines_ > kEmptyLinesAtMost) return refuse(400, "too many empty lines before the request line");
      head_.begin = end + 1;
      return State::more;
    }
    has_request_line_ = request_line(text, line_at_);
    return has_request_line_ ? State::more : State::refused;
  }
  if (text.empty()) {
    head_.size = end + 1;
    return finish(so_far) ? State::passed : State::refused;
  }
  return field(text, line_at_) ? State::more : State::refused;
}

bool HeadGuard::request_line(std::string_view line, std::size_t at) {
  auto method_end = line.find(' ');
  std::string_view method = line.substr(0, method_end);
  if (method.empty() || method.size() > kMethodAtMost || !chars::all(chars::kToken, method))
    return refuse(400, "the method is not a token of at most 63 characters"), false;
  if (line.size() > limits_.request_line) return refuse(414, "the request line is longer than 8,100 bytes"), false;
  if (method_end == std::string_view::npos) return refuse(400, "the request line has no target"), false;
  auto target_end = line.find(' ', method_end + 1);
  if (target_end == std::string_view::npos) return refuse(400, "the request line has no version"), false;
  std::string_view version = line.substr(target_end + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse(400, "the version is neither HTTP/1.1 nor HTTP/1.0"), false;
  head_.http10 = version.back() == '0';
  return target(line.substr(method_end + 1, target_end - method_end - 1), method, at + method_end + 1);
}

bool HeadGuard::target(std::string_view target, std::string_view method, std::size_t at) {
  if (target.empty()) return refuse(400, "the target is empty"), false;
  if (target == "*") return method == "OPTIONS" || (refuse(400, "the target * is for OPTIONS only"), false);
  std::string_view rest = target;
  if (target.front() != '/') {
    std::size_t scheme = chars::same(target.substr(0, 7), "http://") ? 7 : chars::same(target.substr(0, 8), "https://") ? 8 : 0;
    if (scheme == 0) return refuse(400, "the target is neither a path nor a URL"), false;
    auto end = target.find_first_of("/?", scheme);
    absolute_ = true;
    authority_ = Span{at + scheme, (end == std::string_view::npos ? target.size() : end) - scheme};
    if (!valid_host(target.substr(scheme, authority_.size))) return refuse(400, "the target's authority is not a host"), false;
    rest = end == std::string_view::npos ? std::string_view() : target.substr(end);
  }
  if (!chars::all(chars::kTarget, rest)) return refuse(400, "the target has a character that must be percent-encoded"), false;
  auto bracket = rest.find_first_of("[]");
  if (bracket != std::string_view::npos && bracket < rest.find('?'))
    return refuse(400, "the path has a character that must be percent-encoded"), false;
  return true;
}

bool HeadGuard::finish(std::string_view so_far) {
  std::string_view host = host_.of(so_far);
  if (!head_.http10 && host_.size == 0) return refuse(400, "HTTP/1.1 needs a Host"), false;
  if (absolute_ && host_.size != 0 && !chars::same(authority_.of(so_far), host))
    return refuse(400, "Host differs from the target's authority"), false;
  if (head_.framing == Framing::chunked && head_.http10) return refuse(400, "HTTP/1.0 has no Transfer-Encoding"), false;
  head_.keep_alive = head_.http10 ? keep_alive_ && !close_ : !close_;
  if (head_.http10) head_.expects_continue = false;
  return true;
}

bool valid_host(std::string_view value) {
  std::string_view port;
  if (!value.empty() && value.front() == '[') {
    auto end = value.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    if (value.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
    std::string_view rest = value.substr(end + 1);
    if (rest.empty()) return true;
    if (rest.front() != ':') return false;
    port = rest.substr(1);
  } else {
    auto colon = value.find(':');
    std::string_view name = value.substr(0, colon);
    if (name.empty() || !chars::all(chars::kHost, name)) return false;
    if (colon == std::string_view::npos) return true;
    port = value.substr(colon + 1);
  }
  return !port.empty() && port.size() <= 5 && chars::all(chars::kDigit, port);
}

}  // namespace crossdock::http
