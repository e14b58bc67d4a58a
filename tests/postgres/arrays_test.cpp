#include "postgres/arrays.hpp"

#include <random>

#include "database.hpp"

namespace crossdock::postgres {
namespace {

TEST(ArraysTest, BytesAreAsPostgreSQLSendsThem) {
  const std::string two_texts(
      "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\2\0\0\0\1"
      "\0\0\0\1a"
      "\xff\xff\xff\xff",
      29);
  EXPECT_EQ(TextArray{}.add("a").add_null().bytes(), two_texts);
  EXPECT_EQ(TextArray{}.add("a").add(std::optional<std::string>()).bytes(), two_texts);
  const std::string decimal(
      "\0\3\0\1\x40\0\0\6"
      "\0\1\x09\x29\x13\x88",
      14);  // 1, 2345, 5000 to the base 10,000
  EXPECT_EQ(DecimalArray{}.add(Decimal::parse("-12345.50").value).bytes().substr(24), decimal);
}

TEST(ArraysTest, WhatNoServerCanTakeIsTold) {
  TextArray reused;
  reused.add(std::string_view("\0", 1));
  EXPECT_TRUE(reused.fault().starts_with("22021"));
  reused.clear();
  EXPECT_EQ(reused.fault(), "");
  EXPECT_EQ(reused.add("x").bytes(), TextArray{}.add("x").bytes());
  EXPECT_EQ(reused.size(), 1U);
  UuidArray ids;
  EXPECT_TRUE(ids.add("01890a5d-ac96-774b-bcce-b302099a8057").fault().empty());
  EXPECT_TRUE(ids.add("no,uuid").fault().starts_with("22P02"));
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

// The negative control: the server reads what we send and refuses another type's elements, it does not guess.
TEST_F(ArraysServerTest, AnotherTypesBytesAreRefused) {
  auto connection = connect({{"echo", "select x from unnest($1::text[]) as t (x)"}});
  const auto broken = transact(connection, [](Transaction& t) { return t.run("echo", IntegerArray{}.add(1)).size(); });
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.failure().kind, FailureKind::other) << broken.failure().message;
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
  PlaceArray places;
  struct Sent {
    std::int64_t integer;
    Decimal decimal;
    Date date;
    Instant instant;
    std::string id, bytes;
    bool flag;
    std::uint64_t place;
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
    one.place = (random() % (1ULL << 32) << 16) | (1 + random() % 291);
    integers.add(one.integer);
    decimals.add(one.decimal);
    dates.add(one.date);
    instants.add(one.instant);
    ids.add(one.id);
    bytes.add(one.bytes);
    flags.add(one.flag);
    places.add(one.place);
    sent.push_back(one);
  }
  auto connection = connect();
  const auto done = transact(connection, [&](Transaction& t) {
    const auto rows = t.query(
        "select a, b, c, d, e, f, g, h from unnest($1::int8[], $2::numeric[], $3::date[], $4::timestamptz[], $5::uuid[], $6::bytea[], "
        "$7::bool[], $8::tid[])"
        " with ordinality as t (a, b, c, d, e, f, g, h, i) order by i",
        integers, decimals, dates, instants, ids, bytes, flags, places);
    ASSERT_EQ(rows.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
      ASSERT_EQ(rows[i].integer(0), sent[i].integer) << seed;
      ASSERT_EQ(rows[i].decimal(1), sent[i].decimal) << seed;
      ASSERT_EQ(rows[i].date(2), sent[i].date) << seed;
      ASSERT_EQ(rows[i].instant(3), sent[i].instant) << seed << " " << rows[i][3];
      ASSERT_EQ(rows[i][4], sent[i].id) << seed;
      ASSERT_EQ(rows[i].bytes(5), sent[i].bytes) << seed;
      ASSERT_EQ(rows[i].boolean(6), sent[i].flag) << seed;
      ASSERT_EQ(rows[i].place(7), sent[i].place) << seed << " " << rows[i][7];
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
