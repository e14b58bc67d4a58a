// Debian's nginx as a gateway in front of a port, for the length of a test.
#pragma once
#include <sys/types.h>

#include <filesystem>

namespace crossdock::http {

class Nginx {
 public:
  static bool installed();
  explicit Nginx(unsigned short upstream);
  ~Nginx();
  unsigned short port() const { return port_; }
  bool ready() const { return ready_; }

 private:
  std::filesystem::path folder_;
  unsigned short port_ = 0;
  pid_t pid_ = -1;
  bool ready_ = false;
};

}  // namespace crossdock::http
