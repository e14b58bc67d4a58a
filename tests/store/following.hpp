// What a follower tells its memory, and writers beside it whose transactions begin and end in any order.
#pragma once
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base.hpp"
#include "store/follower.hpp"

namespace crossdock::store {

class Recorder final : public Memory {
 public:
  void position(const promise::PositionKey& key, const promise::PositionValue& value) override {
    std::lock_guard hold(lock_);
    auto& known = positions_[key];
    if (std::pair(value.version, value.marks) > std::pair(known.version, known.marks)) known = value;
  }
  void master(const std::string&, const std::string&, std::int64_t, const std::string&) override {}
  void stock_feed(const StockFeedRow& row) override {
    std::lock_guard hold(lock_);
    if (row.location.starts_with("commit-")) ++seen_[row.location];
  }
  void clear() override {
    std::lock_guard hold(lock_);
    positions_.clear();
    seen_.clear();
  }
  void current(Instant at, Clock::time_point) override { current_ = at.micros; }

  std::map<std::string, int> seen() const {
    std::lock_guard hold(lock_);
    return seen_;
  }
  std::map<PositionKey, promise::PositionValue> positions() const {
    std::lock_guard hold(lock_);
    return positions_;
  }
  std::int64_t as_of() const { return current_; }

 private:
  mutable std::mutex lock_;
  std::map<PositionKey, promise::PositionValue> positions_;
  std::map<std::string, int> seen_;
  std::atomic<std::int64_t> current_{0};
};

class Following : public WithStore<Following> {
 protected:
  void SetUp() override {
    WithStore::SetUp();
    if (IsSkipped()) return;
    for (int i = 0; i < 6; ++i) stock({"P" + std::to_string(i), "E"}, 100);
  }

  /// Commits of one writer, each with a name of its own; transactions stay open for up to `open` after they have written.
  void write(int number, int commits, std::chrono::milliseconds open, std::set<std::string>& committed, std::mutex& telling) {
    auto connection = connect();
    std::mt19937 random(static_cast<unsigned>(number));
    auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    for (int i = 0; i < commits; ++i) {
      std::string mark = "commit-" + std::to_string(number) + "-" + std::to_string(i);
      bool give_up = pick(0, 9) == 0;
      auto done = postgres::transact(connection, [&](postgres::Transaction& tx) -> postgres::Attempt<crossdock::Done> {
        World world(Instant::now(), shared.rules, shared.locations());
        PositionKey key{"P" + std::to_string(pick(0, 5)), "E"};
        if (pick(0, 1)) tx.execute("select pg_current_xact_id()");  // its number is older than its writes
        if (pick(0, 1)) std::this_thread::sleep_for(std::chrono::milliseconds(pick(0, static_cast<int>(open.count()))));
        auto rows = tx.execute("update position set version = version + 1, on_hand = on_hand + 1 where sku = '" + key.sku +
                               "' returning version, on_hand, demand");
        PositionRow row;
        row.key = key;
        row.version = rows[0].integer(0);
        row.profile.on_hand = rows[0].decimal(1);
        row.owner = "wms";
        row.mark = Mark::changed;
        world.positions[key] = row;
        world.stock_feeds[mark] = {mark, "wms", "f", "", world.now, Mark::created};
        tx.run("change", encode_change(world));
        std::this_thread::sleep_for(std::chrono::milliseconds(pick(0, static_cast<int>(open.count()))));
        if (give_up) return postgres::Failure{postgres::FailureKind::other, "", "given up on purpose", false};
        return crossdock::Done{};
      });
      if (!done) continue;
      std::lock_guard hold(telling);
      committed.insert(mark);
    }
  }

  std::set<std::string> write_all(int writers, int commits, std::chrono::milliseconds open) {
    std::set<std::string> committed;
    std::mutex telling;
    std::vector<std::thread> threads;
    for (int i = 0; i < writers; ++i) threads.emplace_back([&, i] { write(i, commits, open, committed, telling); });
    for (auto& thread : threads) thread.join();
    return committed;
  }

  void expect_equal(const Recorder& memory) {
    auto held = memory.positions();
    auto connection = connect();
    auto rows = postgres::transact(connection, [&](postgres::Transaction& tx) {
      std::map<PositionKey, std::pair<std::int64_t, Decimal>> all;
      for (auto row : tx.execute("select sku, location, version, on_hand from position"))
        all[{row.text(0), row.text(1)}] = {row.integer(2), row.decimal(3)};
      return all;
    });
    ASSERT_TRUE(rows);
    ASSERT_EQ(held.size(), rows->size());
    for (const auto& [key, row] : *rows) {
      EXPECT_EQ(held.at(key).version, row.first) << key.sku;
      EXPECT_EQ(held.at(key).profile.on_hand, row.second) << key.sku;
    }
  }

  template <class F>
  static bool soon(F f) {
    for (int i = 0; i < 500; ++i) {
      if (f()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
};

}  // namespace crossdock::store
