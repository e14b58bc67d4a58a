#include "postgres/arrays.hpp"

#include <random>

#include "database.hpp"

namespace crossdock::postgres {
namespace {

TEST(ArraysTest, LiteralsAreAsPostgreSQLWritesThem) {
  EXPECT_EQ(TextArray{}.literal(), "{}");
  EXPECT_EQ(TextArray{}.add("a").add_null().add("").add("NULL").literal(), R"({"a",NULL,"","NULL"})");
  EXPECT_EQ(TextArray{}.add(R"(q"b\c)").literal(), R"({"q\"b\\c"})");
  EXPECT_EQ(IntegerArray{}.add(-5).add_null().add(std::optional<std::int64_t>(7)).add(std::optional<std::int64_t>()).literal(),
            "{-5,NULL,7,NULL}");
  EXPECT_EQ(DecimalArray{}.add(Decimal::parse("12.50").value).literal(), "{12.5}");
  EXPECT_EQ(BooleanArray{}.add(true).add(false).literal(), "{t,f}");
  EXPECT_EQ(BytesArray{}.add(std::string_view("\0\xff", 2)).add("").literal(), R"({"\\x00ff","\\x"})");
  EXPECT_EQ(UuidArray{}.add("01890a5d-ac96-774b-bcce-b302099a8057").add("no,uuid").literal(),
            R"({01890a5d-ac96-774b-bcce-b302099a8057,"no,uuid"})");
  TextArray reused;
  reused.add(std::string_view("\0", 1));
  EXPECT_TRUE(reused.holds_nul());
  reused.clear();
  EXPECT_FALSE(reused.holds_nul());
  EXPECT_EQ(reused.add("x").literal(), R"({"x"})");
  EXPECT_EQ(reused.size(), 1U);
}

/// Texts made of what an array's grammar and UTF-8 find difficult.
class Texts {
 public:
  explicit Texts(unsigned seed) : random_(seed) {}
  std::optional<std::string> next() {
    static const std::vector<std::string> pieces{"\"",
                                                 "\\",
                                                 ",",
                                                 "{",
                                                 "}",
                                                 "NULL",
                                                 "null",
                                                 " ",
                                                 "\t",
                                                 "\n",
                                                 "'",
                                                 "''",
                                                 "a",
                                                 "B",
                                                 "0",
                                                 "\\x",
                                                 "$1",
                                                 "%s",
                                                 "\x01",
                                                 "\x7f",
                                                 "\xc3\xa9",
                                                 "\xe2\x82\xac",
                                                 "\xf0\x9f\x9a\x9a",
                                                 "\xef\xbf\xbf",
                                                 "\\\"",
                                                 "\\\\",
                                                 "()",
                                                 ";--"};
    if (random_() % 11 == 0) return {};
    std::string out;
    for (auto n = random_() % 12; n > 0; --n) out += pieces[random_() % pieces.size()];
    return out;
  }
  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_;
};

using ArraysServerTest = WithDatabase;

TEST_F(ArraysServerTest, TwentyThousandDifficultTextsComeBackUnchanged) {
  auto connection = connect({{"echo", "select x from unnest($1::text[]) with ordinality as t (x, i) order by i"}});
  const unsigned seed = std::random_device{}();
  Texts texts(seed);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::optional<std::string>> sent;
    TextArray column;
    for (int i = 0; i < 1'000; ++i) {
      sent.push_back(texts.next());
      column.add(sent.back());
    }
    const auto done = transact(connection, [&](Transaction& t) {
      const auto rows = t.run("echo", column);
      ASSERT_EQ(rows.size(), sent.size()) << "seed " << seed;
      for (std::size_t i = 0; i < sent.size(); ++i) ASSERT_EQ(rows[i].maybe_text(0), sent[i]) << "seed " << seed << " at " << i;
    });
    ASSERT_TRUE(done) << "seed " << seed << ": " << done.failure().message;
  }
}

// The negative control: the same check must see a builder that forgets one escape.
TEST_F(ArraysServerTest, AMissingEscapeWouldBeSeen) {
  auto connection = connect();
  const auto broken =
      transact(connection, [](Transaction& t) { return t.query("select ($1::text[])[1]", std::string("{\"a\\b\"}"))[0].text(0); });
  ASSERT_TRUE(broken);
  EXPECT_NE(*broken, "a\\b");
}

TEST_F(ArraysServerTest, EveryTypeComesBackUnchanged) {
  const unsigned seed = std::random_device{}();
  std::mt19937_64 random(seed);
  IntegerArray integers;
  DecimalArray decimals;
  DateArray dates;
  InstantArray instants;
  UuidArray ids;
  BytesArray bytes;
  BooleanArray flags;
  struct Sent {
    std::int64_t integer;
    Decimal decimal;
    Date date;
    Instant instant;
    std::string id, bytes;
    bool flag;
  };
  std::vector<Sent> sent;
  for (int i = 0; i < 2'000; ++i) {
    Sent one;
    one.integer = static_cast<std::int64_t>(random());
    one.decimal = Decimal::micros(static_cast<Int128>(random() % 1'999'999'999'999'999'999ULL) - 999'999'999'999'999'999LL);
    one.date = Date{static_cast<std::int32_t>(random() % 3'000'000) - 700'000};
    one.instant = Instant{static_cast<std::int64_t>(random() % 200'000'000'000'000'000ULL) - 50'000'000'000'000'000LL};
    one.id = new_id();
    for (auto n = random() % 40; n > 0; --n) one.bytes += static_cast<char>(random());
    one.flag = random() % 2 == 0;
    integers.add(one.integer);
    decimals.add(one.decimal);
    dates.add(one.date);
    instants.add(one.instant);
    ids.add(one.id);
    bytes.add(one.bytes);
    flags.add(one.flag);
    sent.push_back(one);
  }
  auto connection = connect();
  const auto done = transact(connection, [&](Transaction& t) {
    const auto rows = t.query(
        "select a, b, c, d, e, f, g from unnest($1::int8[], $2::numeric[], $3::date[], $4::timestamptz[], $5::uuid[], $6::bytea[], "
        "$7::bool[])"
        " with ordinality as t (a, b, c, d, e, f, g, i) order by i",
        integers, decimals, dates, instants, ids, bytes, flags);
    ASSERT_EQ(rows.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
      ASSERT_EQ(rows[i].integer(0), sent[i].integer) << seed;
      ASSERT_EQ(rows[i].decimal(1), sent[i].decimal) << seed;
      ASSERT_EQ(rows[i].date(2), sent[i].date) << seed;
      ASSERT_EQ(rows[i].instant(3), sent[i].instant) << seed << " " << rows[i][3];
      ASSERT_EQ(rows[i][4], sent[i].id) << seed;
      ASSERT_EQ(rows[i].bytes(5), sent[i].bytes) << seed;
      ASSERT_EQ(rows[i].boolean(6), sent[i].flag) << seed;
    }
  });
  ASSERT_TRUE(done) << done.failure().message;
}

TEST_F(ArraysServerTest, WhatIsNoUuidIsADataFailure) {
  auto connection = connect();
  const auto done = transact(connection, [](Transaction& t) { t.query("select $1::uuid[]", UuidArray{}.add("nonsense")); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.failure().kind, FailureKind::data);
}

}  // namespace
}  // namespace crossdock::postgres
