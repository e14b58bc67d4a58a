// A database of its own for each suite on the real PostgreSQL of CROSSDOCK_POSTGRES_URL, migrated with the embedded SQL.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../ledger/asks.hpp"
#include "store/decide.hpp"
#include "store/writer.hpp"

namespace crossdock::store {

using namespace ledger;

/// A fresh, migrated database that goes when this does. `url` is empty where there is no PostgreSQL.
class Database {
 public:
  Database();
  ~Database();
  bool there() const { return !name_.empty(); }
  postgres::Settings settings() const;
  /// First cell of the answer to one statement.
  std::string ask(const std::string& sql) const;
  void run(const std::string& sql) const { ask(sql); }

 private:
  std::string server_, name_;
};

/// Each suite is `class X : public WithStore<X> {};`.
template <class Suite>
class WithStore : public testing::Test {
 protected:
  static void SetUpTestSuite() { database_ = std::make_unique<Database>(); }
  static void TearDownTestSuite() { database_.reset(); }
  void SetUp() override {
    if (!database_->there()) GTEST_SKIP() << "set CROSSDOCK_POSTGRES_URL (eval \"$(tools/services up --no-kafka)\") to run this";
    shared.locations = [] { return std::make_shared<promise::Locations>(two_places()); };
    shared.failed = [this](const std::string&, const postgres::Failure& failure) {
      ++failures;
      std::lock_guard hold(lock);
      last_failure = failure.sqlstate + " " + failure.message;
    };
  }
  static std::vector<promise::CatalogLocation> two_places() {
    std::vector<promise::CatalogLocation> all(2);
    all[0].code = "E", all[0].priority = 10;
    all[1].code = "W", all[1].priority = 20;
    return all;
  }

  Database& db() { return *database_; }
  std::string ask(const std::string& sql) { return database_->ask(sql); }
  postgres::Connection connect() { return postgres::Connection(database_->settings(), "test", statements()); }
  static std::vector<postgres::Statement> statements();
  /// The same with the text of one of them changed: a broken variant, for a negative control.
  static std::vector<postgres::Statement> broken(std::string_view name, std::string_view from, std::string_view to,
                                                 std::vector<postgres::Statement> all = statements()) {
    int changes = 0;
    for (auto& statement : all) {
      auto at = statement.name == name ? statement.sql.find(from) : std::string::npos;
      if (at == std::string::npos) continue;
      statement.sql.replace(at, from.size(), to);
      ++changes;
    }
    EXPECT_EQ(changes, 1) << name << " does not say " << from;
    return all;
  }

  /// Decides on a connection of its own.
  void decide(const std::vector<Request*>& batch) {
    auto connection = connect();
    auto decided = store::decide(connection, shared, batch);
    ASSERT_TRUE(decided) << decided.failure().sqlstate << " " << decided.failure().message;
  }
  void decide(Request& request) { decide(std::vector<Request*>{&request}); }
  /// Stock of a position, by an event of its owner.
  void stock(const PositionKey& key, std::int64_t on_hand) {
    auto snapshot = snapshot_of(key, ++sequence, qty(on_hand), Instant::now());
    decide(*snapshot);
  }
  std::unique_ptr<Writer> writer(std::size_t batch = 256) {
    WriterSettings settings;
    settings.role = "writer";
    settings.batch = batch;
    return std::make_unique<Writer>(database_->settings(), shared, settings);
  }

  Shared shared;
  std::mutex lock;
  std::string last_failure;
  std::atomic<int> failures{0};
  std::int64_t sequence = 0;

 private:
  static inline std::unique_ptr<Database> database_;
};

std::vector<postgres::Statement> all_statements();
template <class Suite>
std::vector<postgres::Statement> WithStore<Suite>::statements() {
  return all_statements();
}

/// Waits for submitted requests.
class Crowd {
 public:
  template <class T>
  void submit(Writer& writer, const std::shared_ptr<T>& request) {
    {
      std::lock_guard hold(lock_);
      ++open_;
    }
    writer.submit(request, [this](std::optional<Undecided> why) {
      std::lock_guard hold(lock_);
      undecided_ += why.has_value();
      if (--open_ == 0) done_.notify_all();
    });
  }
  void wait() {
    std::unique_lock hold(lock_);
    done_.wait(hold, [this] { return open_ == 0; });
  }
  int undecided() {
    std::lock_guard hold(lock_);
    return undecided_;
  }

 private:
  std::mutex lock_;
  std::condition_variable done_;
  int open_ = 0, undecided_ = 0;
};

}  // namespace crossdock::store
