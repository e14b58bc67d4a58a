// A transaction that stays in the middle of its decision, all its locks held.
#pragma once
#include <chrono>
#include <utility>

#include "base.hpp"

namespace crossdock::store {

/// Is decided slowly: its transaction holds all its locks until `free` is set, 30 s at most.
class Slow final : public Request {
 public:
  std::atomic<bool> locked{false}, free{false};
  void ask(const World&, Needs&) const override {}
  bool only_promises() const override { return true; }
  void decide(World&) override {
    locked = true;
    for (int i = 0; i < 3'000 && !free; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
};

/// Decides `request` on a connection of its own, by these statements, and stays in the middle of it until end().
class Held {
 public:
  Held(const postgres::Settings& database, const Shared& shared, std::shared_ptr<Request> request,
       std::vector<postgres::Statement> statements)
      : request_(std::move(request)), connection_(database, "elsewhere", std::move(statements)), thread_([this, &shared] {
          std::vector<Request*> batch{request_.get(), &slow_};
          EXPECT_TRUE(store::decide(connection_, shared, batch));
        }) {
    while (!slow_.locked) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~Held() { end(); }
  void end() {
    slow_.free = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::shared_ptr<Request> request_;
  postgres::Connection connection_;
  Slow slow_;
  std::thread thread_;
};

}  // namespace crossdock::store
