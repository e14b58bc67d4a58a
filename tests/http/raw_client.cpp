#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace crossdock::http {

RawClient::RawClient(unsigned short port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void RawClient::finish() { ::shutdown(fd_, SHUT_WR); }

void RawClient::narrow_window() {
  int small = 4'096;
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
}

bool RawClient::more(std::chrono::steady_clock::time_point until) {
  if (ended_) return false;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
  pollfd waiting{fd_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(std::max<long long>(left, 0))) <= 0) return false;
  char buffer[65'536];
  auto n = ::recv(fd_, buffer, sizeof buffer, 0);
  if (n <= 0) {
    ended_ = true;
    return false;
  }
  in_.append(buffer, static_cast<std::size_t>(n));
  return true;
}

std::optional<RawAnswer> RawClient::answer(bool bodiless, std::chrono::milliseconds limit) {
  auto until = std::chrono::steady_clock::now() + limit;
  std::size_t end;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (!more(until)) return std::nullopt;
  }
  RawAnswer out;
  if (in_.compare(0, 9, "HTTP/1.1 ") != 0) return std::nullopt;
  out.status = std::atoi(in_.c_str() + 9);
  for (std::size_t at = in_.find("\r\n") + 2; at < end + 2;) {
    auto line_end = in_.find("\r\n", at);
    auto colon = in_.find(": ", at);
    std::string name = in_.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    out.headers[name] = in_.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  in_.erase(0, end + 4);
  bool no_body = bodiless || out.status < 200 || out.status == 204 || out.status == 304;
  std::size_t length = no_body || !out.headers.count("content-length") ? 0 : std::stoul(out.headers["content-length"]);
  while (in_.size() < length) {
    if (!more(until)) return std::nullopt;
  }
  out.body = in_.substr(0, length);
  in_.erase(0, length);
  return out;
}

bool RawClient::closed(std::chrono::milliseconds limit) {
  auto until = std::chrono::steady_clock::now() + limit;
  while (more(until)) {
  }
  return ended_ && in_.empty();
}

bool RawClient::quiet(std::chrono::milliseconds how_long) {
  return in_.empty() && !more(std::chrono::steady_clock::now() + how_long) && !ended_;
}

}  // namespace crossdock::http
