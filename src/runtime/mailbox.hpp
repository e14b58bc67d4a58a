// How other threads hand things to a loop: one wake-up per burst, not one per thing.
#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace crossdock::runtime {

namespace asio = boost::asio;

/// Something to be opened on a loop's thread.
class Letter {
 public:
  virtual ~Letter() = default;
  virtual void open() = 0;
};
using LetterPtr = std::shared_ptr<Letter>;

/// One per loop (Loops::mailbox). push() comes from any thread; only the first push since the last emptying posts to the loop.
/// Letters are opened in the order of their pushes. A letter that throws does not keep those behind it from being opened.
class Mailbox {
 public:
  explicit Mailbox(asio::io_context& home) : home_(home) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void push(LetterPtr letter);
  void push_all(std::span<const LetterPtr> letters);
  void push(std::function<void()> call);  ///< for rare things: allocates
  asio::io_context& home() { return home_; }
  /// How often the loop was woken, for tests and metrics.
  std::size_t posts() const;

 private:
  void wake();
  void empty();
  void open_all();

  asio::io_context& home_;
  mutable std::mutex mutex_;
  std::vector<LetterPtr> waiting_;  // guarded by mutex_
  bool awake_ = false;              // guarded by mutex_: an emptying is posted and has not begun
  std::size_t posts_ = 0;           // guarded by mutex_
  std::vector<LetterPtr> opening_;  // the loop's own
};

}  // namespace crossdock::runtime
