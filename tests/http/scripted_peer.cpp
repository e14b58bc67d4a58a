#include "scripted_peer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace crossdock::http {

std::string ScriptedPeer::Line::read_request() {
  std::string in;
  char buffer[65'536];
  for (;;) {
    auto end = in.find("\r\n\r\n");
    if (end != std::string::npos) {
      auto at = in.find("Content-Length: ");
      std::size_t length = at < end ? std::strtoul(in.c_str() + at + 16, nullptr, 10) : 0;
      if (in.size() >= end + 4 + length) return in;
    }
    auto n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) return {};
    in.append(buffer, static_cast<std::size_t>(n));
  }
}

void ScriptedPeer::Line::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void ScriptedPeer::Line::reset() {
  linger off{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &off, sizeof off);
}

void ScriptedPeer::Line::hang() {
  char buffer[4'096];
  while (::recv(fd_, buffer, sizeof buffer, 0) > 0) {
  }
}

ScriptedPeer::ScriptedPeer(Script script) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  if (::bind(fd_, reinterpret_cast<sockaddr*>(&where), size) != 0 || ::listen(fd_, 64) != 0 ||
      ::getsockname(fd_, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    throw std::runtime_error("no port for a scripted peer");
  port_ = ntohs(where.sin_port);
  thread_ = std::thread([this, script = std::move(script)] {
    for (int fd; (fd = ::accept(fd_, nullptr, nullptr)) >= 0; ::close(fd)) {
      Line line(fd);
      script(line, ++connections_);
    }
  });
}

ScriptedPeer::~ScriptedPeer() {
  ::shutdown(fd_, SHUT_RDWR);
  thread_.join();
  ::close(fd_);
}

}  // namespace crossdock::http
