#include "nginx.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "raw_client.hpp"
#include "scripted_peer.hpp"

namespace crossdock::http {

namespace {

constexpr const char* kNginx = "/usr/sbin/nginx";

/// Streams bodies on (no buffering) over kept connections: the arrangement in which a difference of reading would be dangerous.
std::string configuration(unsigned short port, unsigned short upstream) {
  std::string at = "127.0.0.1:";
  return "daemon off; master_process off; pid nginx.pid; error_log error.log crit;\n"
         "events { worker_connections 256; }\n"
         "http { access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n"
         "  upstream hub { server " +
         at + std::to_string(upstream) +
         "; keepalive 4; }\n"
         "  server { listen " +
         at + std::to_string(port) +
         "; location / { proxy_pass http://hub; proxy_http_version 1.1;\n"
         "    proxy_set_header Connection \"\"; proxy_request_buffering off; proxy_next_upstream off; } } }\n";
}

}  // namespace

bool Nginx::installed() { return ::access(kNginx, X_OK) == 0; }

Nginx::Nginx(unsigned short upstream) {
  {
    port_ = ScriptedPeer([](ScriptedPeer::Line&, int) {}).port();
  }  // free a moment ago
  std::string name = (std::filesystem::temp_directory_path() / "crossdock-nginx-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
  std::ofstream(folder_ / "nginx.conf") << configuration(port_, upstream);
  pid_ = ::fork();
  if (pid_ == 0) {
    int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, 2);
    ::execl(kNginx, kNginx, "-p", folder_.c_str(), "-c", "nginx.conf", nullptr);
    ::_exit(127);
  }
  for (int i = 0; i < 300 && !ready_; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ready_ = RawClient(port_).connected();
  }
}

Nginx::~Nginx() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace crossdock::http
