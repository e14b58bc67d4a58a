// The strict guard over a request's raw head, before anybody else reads it. Pure: bytes in, verdict out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crossdock::http {

/// Why a request is not taken. Static texts.
struct Refusal {
  int status = 400;
  std::string_view code = "invalid_request";
  std::string_view detail;
};

struct HeadLimits {
  std::size_t request_line = 8'100;
  std::size_t head = 16 * 1'024;
  std::size_t fields = 100;
};

enum class Framing : std::uint8_t { none, length, chunked };

/// What the guard knows about a head that it lets pass.
struct Head {
  std::size_t begin = 0;  ///< of the request line, after up to two empty lines
  std::size_t size = 0;   ///< to the end of the blank line, from the first byte fed
  bool http10 = false;
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Reads a head as its bytes arrive, each line once. What it passes leaves no room for two readings: exact spacing, CRLF only, one Host,
/// one framing, no folding, no underscore in names. What it says depends on the bytes only, not on how they were cut (fuzzed).
class HeadGuard {
 public:
  enum class State : std::uint8_t { more, passed, refused };

  explicit HeadGuard(HeadLimits limits = {}) : limits_(limits) {}
  /// `so_far`: all bytes since the head began, more of them at each call.
  State feed(std::string_view so_far);
  const Head& head() const { return head_; }
  const Refusal& refusal() const { return refusal_; }
  void reset() { *this = HeadGuard(limits_); }

 private:
  enum Known : std::uint32_t;
  State refuse(int status, std::string_view detail);
  State unfinished(std::string_view so_far);
  State line(std::string_view so_far, std::size_t end);
  bool request_line(std::string_view line, std::size_t at);
  bool target(std::string_view target, std::string_view method, std::size_t at);
  bool field(std::string_view line, std::size_t at);
  bool known_field(Known which, std::string_view value, std::size_t at);
  bool connection(std::string_view value);
  bool content_length(std::string_view value);
  bool finish(std::string_view so_far);
  static Known known(std::string_view name);

  struct Span {
    std::size_t at = 0, size = 0;
    std::string_view of(std::string_view bytes) const { return bytes.substr(at, size); }
  };

  HeadLimits limits_;
  Head head_;
  Refusal refusal_;
  std::size_t line_at_ = 0;  // where the unfinished line begins
  std::size_t scanned_ = 0;  // no LF before this
  std::size_t fields_ = 0;
  std::uint32_t seen_ = 0;  // bits of Known
  int empty_lines_ = 0;
  bool has_request_line_ = false;
  bool absolute_ = false, close_ = false, keep_alive_ = false;
  Span host_, authority_;
};

/// Whether `value` is a Host: a name or address with an optional port, not empty.
bool valid_host(std::string_view value);

}  // namespace crossdock::http
