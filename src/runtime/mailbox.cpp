#include "runtime/mailbox.hpp"

#include <boost/asio/post.hpp>

#include "runtime/reply.hpp"

namespace crossdock::runtime {

namespace {

struct CallLetter : Letter {
  explicit CallLetter(std::function<void()> what) : call(std::move(what)) {}
  void open() override { call(); }
  std::function<void()> call;
};

}  // namespace

void Mailbox::push(LetterPtr letter) { push_all(std::span<const LetterPtr>(&letter, 1)); }

void Mailbox::push(std::function<void()> call) { push(std::make_shared<CallLetter>(std::move(call))); }

void Mailbox::push_all(std::span<const LetterPtr> letters) {
  if (letters.empty()) return;
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), letters.begin(), letters.end());
    first = !awake_;
    awake_ = true;
    if (first) ++posts_;
  }
  if (first) wake();
}

void Mailbox::wake() {
  asio::post(home_, [this] { empty(); });
}

void Mailbox::empty() {
  {
    std::lock_guard lock(mutex_);
    opening_.swap(waiting_);
    awake_ = false;
  }
  open_all();
}

void Mailbox::open_all() {
  // What a letter throws goes on to the loop's edge; this guard sees to the rest of the letters on the way out.
  struct Rest {
    Mailbox& box;
    std::size_t next;
    ~Rest() {
      if (next >= box.opening_.size()) {
        box.opening_.clear();
        return;
      }
      std::vector<LetterPtr> left(box.opening_.begin() + static_cast<std::ptrdiff_t>(next), box.opening_.end());
      box.opening_.clear();
      std::lock_guard lock(box.mutex_);
      box.waiting_.insert(box.waiting_.begin(), left.begin(), left.end());
      if (!box.awake_) {
        box.awake_ = true;
        ++box.posts_;
        box.wake();
      }
    }
  } rest{*this, 0};
  while (rest.next < opening_.size()) opening_[rest.next++]->open();
}

std::size_t Mailbox::posts() const {
  std::lock_guard lock(mutex_);
  return posts_;
}

void Batch::send() {
  for (auto& [home, sack] : sacks_) {
    home->push_all(sack);
    sack.clear();  // keeps its capacity for the next batch
  }
}

std::vector<LetterPtr>& Batch::sack_for(Mailbox& home) {
  for (auto& [known, sack] : sacks_) {
    if (known == &home) return sack;
  }
  return sacks_.emplace_back(&home, std::vector<LetterPtr>()).second;
}

}  // namespace crossdock::runtime
