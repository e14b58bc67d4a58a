#include "postgres/migrate.hpp"

#include <thread>

#include "database.hpp"
#include "embedded/test_migrations.hpp"
#include "postgres/durability.hpp"

namespace crossdock::postgres {
namespace {

std::vector<Migration> three() {
  static constexpr Embedded files[] = {{"sql/0002_b.sql", "alter table a add y int; insert into a values (1, 2);"},
                                       {"sql/0001_a.sql", "create table a (x int);\ncreate table b (x int);"},
                                       {"sql/0003_c.sql", "create index on a (y);"}};
  return migrations_from(files).value();
}

using MigrateTest = WithDatabase;

TEST(MigrationFilesTest, AreNamedNumberedAndWithoutGaps) {
  EXPECT_EQ(three()[0].name, "a");
  EXPECT_EQ(three()[2].number, 3);
  EXPECT_EQ(three()[0].checksum.size(), 64U);
  const auto fault = [](std::vector<Embedded> files) {
    const auto out = migrations_from(files);
    return out ? std::string("none") : out.fault().code();
  };
  EXPECT_EQ(fault({{"0001_a.sql", "x"}}), "none");
  EXPECT_EQ(fault({}), "none");
  EXPECT_EQ(fault({{"1_a.sql", "x"}}), "migration_name");
  EXPECT_EQ(fault({{"000x_a.sql", "x"}}), "migration_name");
  EXPECT_EQ(fault({{"0001_a.sql", "x"}, {"0003_c.sql", "x"}}), "migration_number");
  EXPECT_EQ(fault({{"0001_a.sql", "x"}, {"0001_b.sql", "x"}}), "migration_number");
}

TEST(EmbedTest, FilesAreInTheBinaryByteForByte) {
  const auto files = embedded::test_migrations();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].path, "tests/postgres/embedded/first.txt");
  EXPECT_EQ(files[0].bytes, "first \"line\"\n\\second\n");
  EXPECT_EQ(files[1].path, "tests/postgres/embedded/empty.txt");
  EXPECT_EQ(files[1].bytes, "");
}

TEST_F(MigrateTest, AppliesEachOnceAndTellsTheStatus) {
  auto connection = connect();
  const auto all = three();
  const auto first = migrate(connection, std::span(all).first(2));
  ASSERT_TRUE(first) << first.fault().message();
  EXPECT_EQ(*first, (std::vector{1, 2}));
  const auto status = migration_status(connection, all);
  ASSERT_TRUE(status);
  ASSERT_EQ(status->size(), 3U);
  EXPECT_EQ(status->at(1).state, MigrationState::applied);
  EXPECT_TRUE(status->at(1).applied_at);
  EXPECT_EQ(status->at(2).state, MigrationState::pending);
  EXPECT_EQ(verify_migrations(connection, all).fault().code(), "schema_behind");
  const auto second = migrate(connection, all);
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, (std::vector{3}));
  EXPECT_TRUE(migrate(connection, all)->empty());
  EXPECT_TRUE(verify_migrations(connection, all));
  EXPECT_EQ(ask("select y from a"), "2");
}

TEST_F(MigrateTest, RefusesWhatWasChangedAndADatabaseThatIsNewer) {
  auto connection = connect();
  auto all = three();
  ASSERT_TRUE(migrate(connection, all));
  EXPECT_EQ(migrate(connection, std::span(all).first(2)).fault().code(), "schema_newer");
  EXPECT_EQ(verify_migrations(connection, std::span(all).first(2)).fault().code(), "schema_newer");
  all[1].checksum = std::string(64, '0');
  const auto changed = migrate(connection, all);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.fault().code(), "schema_changed");
  EXPECT_THAT(changed.fault().message(), testing::HasSubstr("2 (b)"));
  EXPECT_EQ(migration_status(connection, all)->at(1).state, MigrationState::changed);
}

TEST_F(MigrateTest, AFailedOneLeavesNothingOfItself) {
  auto connection = connect();
  static constexpr Embedded files[] = {{"0001_a.sql", "create table a (x int)"},
                                       {"0002_b.sql", "create table b (x int); select no_such()"}};
  const auto out = migrate(connection, migrations_from(files).value());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.fault().code(), "migration_failed");
  EXPECT_THAT(out.fault().message(), testing::HasSubstr("2 (b)"));
  EXPECT_EQ(ask("select string_agg(number::text, ',') from crossdock_migration"), "1");
  EXPECT_EQ(ask("select to_regclass('b') is null"), "t");
}

TEST_F(MigrateTest, SixInstancesAtOnceApplyEachOnce) {
  static constexpr Embedded files[] = {{"0001_a.sql", "create table a (x int); select pg_sleep(0.05)"},
                                       {"0002_b.sql", "insert into a values (1); select pg_sleep(0.05)"},
                                       {"0003_c.sql", "insert into a values (2)"}};
  const auto all = migrations_from(files).value();
  std::atomic<std::size_t> applied{0};
  std::vector<std::thread> instances;
  for (int i = 0; i < 6; ++i) {
    instances.emplace_back([&] {
      auto connection = connect();
      const auto out = migrate(connection, all);
      EXPECT_TRUE(out) << out.fault().message();
      if (out) applied += out->size();
    });
  }
  for (auto& instance : instances) instance.join();
  EXPECT_EQ(applied, 3U);
  EXPECT_EQ(ask("select count(*) from a"), "2");
}

TEST_F(MigrateTest, DurabilityIsReadAsTheSessionSeesIt) {
  auto connection = connect();
  const auto safe = unsafe_settings(connection);
  ASSERT_TRUE(safe) << safe.failure().message;
  EXPECT_TRUE(safe->empty()) << "tools/services keeps the durable settings on; the first unsafe one is " << safe->front().name;
  auto careless = settings();
  careless.connection += "%20-csynchronous_commit%3Doff";
  Connection fast(careless, "test");
  const auto found = unsafe_settings(fast);
  ASSERT_TRUE(found) << found.failure().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().name, "synchronous_commit");
  EXPECT_EQ(found->front().value, "off");
}

TEST_F(MigrateTest, ATransactionLeftOpenIsTold) {
  auto looking = connect(), open = connect();
  const auto told = transact(open, [&](Transaction& t) {
    t.execute("select 1");
    std::this_thread::sleep_for(2'100ms);
    const auto oldest = oldest_transaction(looking);
    return oldest ? *oldest : -1;
  });
  ASSERT_TRUE(told);
  EXPECT_GE(*told, 2);
  // The negative control: it ended, and is not told any more; tests beside this one end theirs, too.
  for (const auto limit = Deadline::in(20s); !limit.passed(); std::this_thread::sleep_for(100ms)) {
    const auto oldest = oldest_transaction(looking);
    ASSERT_TRUE(oldest) << oldest.failure().message;
    if (*oldest < 2) return;
  }
  FAIL() << "it is told for ever";
}

}  // namespace
}  // namespace crossdock::postgres
