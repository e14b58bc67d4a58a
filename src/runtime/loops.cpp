#include "runtime/loops.hpp"

#include <exception>

#include "runtime/slice.hpp"

namespace crossdock::runtime {

namespace {

thread_local const Loops* t_loops = nullptr;
thread_local std::size_t t_index = 0;

std::string what_of(const std::exception_ptr& escaped) {
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "not a std::exception";
  }
}

}  // namespace

Loops::Loops(std::size_t count, OnEscape on_escape) : on_escape_(std::move(on_escape)) {
  for (std::size_t i = 0; i < (count == 0 ? 1 : count); ++i) loops_.push_back(std::make_unique<Loop>());
}

Loops::~Loops() {
  stop();
  join();
}

void Loops::start() {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    if (!loops_[i]->thread.joinable()) loops_[i]->thread = std::thread([this, i] { run(i); });
  }
}

void Loops::run(std::size_t i) {
  t_loops = this;
  t_index = i;
  take_short_turns();
  for (;;) {
    try {
      loops_[i]->context.run();
      return;
    } catch (...) {  // one broken handler must not take the loop's other connections with it
      escaped_.fetch_add(1, std::memory_order_relaxed);
      if (on_escape_) on_escape_(i, what_of(std::current_exception()));
    }
  }
}

void Loops::stop() {
  for (auto& loop : loops_) loop->context.stop();
}

void Loops::join() {
  for (auto& loop : loops_) {
    if (loop->thread.joinable()) loop->thread.join();
  }
}

std::size_t Loops::here() const { return t_loops == this ? t_index : loops_.size(); }

}  // namespace crossdock::runtime
