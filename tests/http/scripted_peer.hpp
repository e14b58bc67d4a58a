// A server that misbehaves as told: one thread, one connection after the other.
#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace crossdock::http {

class ScriptedPeer {
 public:
  /// What the script may do with one connection.
  class Line {
   public:
    explicit Line(int fd) : fd_(fd) {}
    std::string read_request();  ///< up to the end of a head and its Content-Length; empty when the client has gone
    void send(std::string_view bytes);
    void reset();  ///< so that the close is an RST
    void hang();   ///< until the client closes

   private:
    int fd_;
  };
  using Script = std::function<void(Line&, int connection)>;

  explicit ScriptedPeer(Script script);
  ~ScriptedPeer();
  unsigned short port() const { return port_; }
  std::string url(std::string_view path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + std::string(path); }
  int connections() const { return connections_; }

 private:
  int fd_;
  unsigned short port_ = 0;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace crossdock::http
