#include "observe/writer.hpp"

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/sink.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <mutex>

namespace crossdock::log {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

enum class Step { wrote, waiting, broken };

/// One write of at most PIPE_BUF bytes, so that it cannot block when poll says that the descriptor is ready.
Step write_some(int fd, std::string_view& text, milliseconds wait) {
  pollfd ready{fd, POLLOUT, 0};
  const int got = ::poll(&ready, 1, static_cast<int>(wait.count()));
  if (got == 0 || (got < 0 && errno == EINTR)) return Step::waiting;
  if (got < 0 || (ready.revents & (POLLERR | POLLNVAL)) != 0) return Step::broken;
  const ssize_t n = ::write(fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
  if (n < 0) return errno == EINTR || errno == EAGAIN ? Step::waiting : Step::broken;
  text.remove_prefix(static_cast<std::size_t>(n));
  return Step::wrote;
}

/// spdlog's side: takes the finished line as it is, no pattern.
class DescriptorSink final : public spdlog::sinks::sink {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}
  void log(const spdlog::details::log_msg& message) override {
    std::string_view text(message.payload.data(), message.payload.size());
    while (!text.empty()) {
      const bool hurry = Steady::now() >= until_.load(std::memory_order_relaxed);
      const Step step = write_some(fd_, text, milliseconds(hurry ? 0 : 20));
      const bool given_up = hurry && step == Step::waiting;
      if (step == Step::broken || given_up) {
        lost_.fetch_add(1, std::memory_order_relaxed);
        return;
      }
    }
  }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}
  void give_up_at(Steady::time_point when) { until_.store(when, std::memory_order_relaxed); }
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  int fd_;
  std::atomic<Steady::time_point> until_{Steady::time_point::max()};
  std::atomic<std::uint64_t> lost_{0};
};

}  // namespace

struct Writer::State {
  State(int fd, std::size_t queue)
      : sink(std::make_shared<DescriptorSink>(fd)),
        pool(std::make_shared<spdlog::details::thread_pool>(queue, 1)),
        logger(std::make_shared<spdlog::async_logger>("crossdock", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {}
  std::shared_ptr<DescriptorSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::uint64_t overrun = 0;
};

Writer::Writer(int fd, std::size_t queue) : state_(std::make_unique<State>(fd, std::max<std::size_t>(queue, 16))) {}

Writer::~Writer() { close(milliseconds(0)); }

void Writer::write(std::string_view line) {
  if (state_->logger) state_->logger->log(spdlog::source_loc{}, spdlog::level::critical, spdlog::string_view_t(line.data(), line.size()));
}

void Writer::close(milliseconds budget) {
  if (!state_->logger) return;
  state_->sink->give_up_at(Steady::now() + budget);
  state_->overrun = state_->pool->overrun_counter();
  state_->logger.reset();
  state_->pool.reset();  // joins; the sink writes what waits or gives up
}

std::uint64_t Writer::dropped() const { return state_->sink->lost() + (state_->pool ? state_->pool->overrun_counter() : state_->overrun); }

bool write_all(int fd, std::string_view text, milliseconds patience) {
  const auto until = Steady::now() + patience;
  while (!text.empty()) {
    const Step step = write_some(fd, text, patience);
    if (step == Step::broken || (step == Step::waiting && Steady::now() >= until)) return false;
  }
  return true;
}

}  // namespace crossdock::log
