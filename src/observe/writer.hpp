// The thread that writes lines, behind a bounded queue; spdlog stays inside writer.cpp.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace crossdock::log {

/// Writes lines to a file descriptor in their order. Any thread may call write(); it never waits for the reader of `fd`.
/// Lines beyond the queue push out the oldest ones, which are counted.
class Writer {
 public:
  Writer(int fd, std::size_t queue);
  ~Writer();  ///< close(0)
  void write(std::string_view line);
  /// Writes what waits, for at most `budget`.
  void close(std::chrono::milliseconds budget);
  std::uint64_t dropped() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes the whole text unless `fd` takes nothing for `patience`; false then.
bool write_all(int fd, std::string_view text, std::chrono::milliseconds patience);

}  // namespace crossdock::log
