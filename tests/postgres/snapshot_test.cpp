#include "postgres/snapshot.hpp"

#include "database.hpp"

namespace crossdock::postgres {
namespace {

using SnapshotTest = WithDatabase;

TEST_F(SnapshotTest, CopiesEveryTypeExactly) {
  auto snapshot = Snapshot::open(settings(), "test");
  ASSERT_TRUE(snapshot) << snapshot.failure().message;
  int rows = 0;
  const auto count = snapshot->copy(
      "select 'it''s', 7::int8, -8::int4, 9::int2, true, '2026-11-23'::date, '2026-11-23 10:00:00.123456+00'::timestamptz, null::text, "
      "'\\x00ff'::bytea",
      [&](const CopiedRow& row) {
        ++rows;
        ASSERT_EQ(row.columns(), 9);
        EXPECT_EQ(row.text(0), "it's");
        EXPECT_EQ(row.integer(1), 7);
        EXPECT_EQ(row.integer(2), -8);
        EXPECT_EQ(row.integer(3), 9);
        EXPECT_TRUE(row.boolean(4));
        EXPECT_EQ(row.date(5).text(), "2026-11-23");
        EXPECT_EQ(row.instant(6), Instant::parse("2026-11-23T10:00:00.123456Z").value());
        EXPECT_TRUE(row.is_null(7));
        EXPECT_EQ(row.text(8), std::string_view("\0\xff", 2));
      });
  ASSERT_TRUE(count) << count.failure().message;
  EXPECT_EQ(*count, 1U);
  EXPECT_EQ(rows, 1);
}

TEST_F(SnapshotTest, DecimalsAreTheServersOwn) {
  auto connection = connect();
  ASSERT_TRUE(transact(connection, [](Transaction& t) {
    t.execute(
        "create table n as select (random() * 10 ^ (random() * 18 - 6))::numeric(18, 6) * (case when random() < 0.5 then -1 else 1 end) as "
        "x"
        " from generate_series(1, 5000)");
    t.execute(
        "insert into n values (0), (1), (10000), (0.000001), (-0.0001), (999999999999.999999), (-999999999999.999999), (123456789.5), "
        "(1e11)");
  }));
  auto snapshot = Snapshot::open(settings(), "test");
  ASSERT_TRUE(snapshot);
  const auto count = snapshot->copy("select x, x::text from n", [](const CopiedRow& row) {
    EXPECT_EQ(row.decimal(0), Decimal::parse(row.text(1)).value) << row.text(1);
  });
  ASSERT_TRUE(count) << count.failure().message;
  EXPECT_EQ(*count, 5'009U);
}

TEST_F(SnapshotTest, AllQuestionsSeeOneState) {
  auto connection = connect();
  ASSERT_TRUE(transact(connection, [](Transaction& t) { t.execute("create table a as select generate_series(1, 1000) x"); }));
  auto snapshot = Snapshot::open(settings(), "test");
  ASSERT_TRUE(snapshot);
  const auto name = snapshot->value("select pg_current_snapshot()");
  ASSERT_TRUE(name);
  EXPECT_THAT(name->value(), testing::HasSubstr(":"));
  ASSERT_TRUE(transact(connection, [](Transaction& t) { t.execute("insert into a values (0)"); }));
  std::int64_t sum = 0;
  const auto count = snapshot->copy("select x from a", [&](const CopiedRow& row) { sum += row.integer(0); });
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1'000U);
  EXPECT_EQ(sum, 500'500);
  EXPECT_FALSE(snapshot->value("insert into a values (1)")) << "read only";
}

TEST_F(SnapshotTest, WrongSqlAndWrongTypesAreFailures) {
  auto snapshot = Snapshot::open(settings(), "test");
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->copy("select no_such_column", [](const CopiedRow&) {}).failure().sqlstate, "42703");
  auto other = Snapshot::open(settings(), "test");
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->copy("select 'text'", [](const CopiedRow& row) { static_cast<void>(row.date(0).days + row.integer(0)); }) &&
               other->copy("select 'text'", [](const CopiedRow& row) { static_cast<void>(row.instant(0)); }));
}

}  // namespace
}  // namespace crossdock::postgres
