// A client that sends any bytes and reads answers one by one; blocking, with limits.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace crossdock::http {

struct RawAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(unsigned short port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  /// False when the server has closed meanwhile.
  bool send(std::string_view bytes);
  /// The next answer; nothing when the connection ended or `limit` passed first. `bodiless`: it answers a HEAD.
  std::optional<RawAnswer> answer(bool bodiless = false, std::chrono::milliseconds limit = std::chrono::seconds(5));
  /// Whether the server ends the connection within the limit, sending nothing more.
  bool closed(std::chrono::milliseconds limit = std::chrono::seconds(5));
  /// Whether nothing comes for that long.
  bool quiet(std::chrono::milliseconds how_long);
  /// Says that nothing more will be sent.
  void finish();
  void narrow_window();  ///< small buffers, before reading slowly
  const std::string& unread() const { return in_; }

 private:
  bool more(std::chrono::steady_clock::time_point until);
  int fd_ = -1;
  bool ended_ = false;
  std::string in_;
};

}  // namespace crossdock::http
