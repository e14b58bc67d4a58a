#include "promise/projection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "oracle.hpp"

namespace crossdock::promise {
namespace {

std::shared_ptr<Numbering> places() { return std::make_shared<Numbering>(); }

PositionValue value(int on_hand, std::int64_t version) {
  PositionValue made;
  made.profile.on_hand = qty(on_hand);
  made.version = version;
  made.owner = "wms";
  return made;
}

TEST(Projection, takes_only_higher_versions) {
  Projection projection(places());
  const PositionKey key{"A-100", "DC-EAST"};
  EXPECT_FALSE(projection.find(key));
  EXPECT_TRUE(projection.apply(key, value(5, 2)));
  EXPECT_FALSE(projection.apply(key, value(6, 2)));
  EXPECT_FALSE(projection.apply(key, value(6, 1)));
  EXPECT_EQ(projection.find(key)->profile.on_hand, qty(5));
  EXPECT_TRUE(projection.apply(key, value(7, 3)));
  EXPECT_EQ(projection.find(key)->profile.on_hand, qty(7));
  EXPECT_EQ(projection.size(), 1U);
  projection.clear();
  EXPECT_EQ(projection.size(), 0U);
  EXPECT_TRUE(projection.apply(key, value(1, 1)));
}

TEST(Projection, gives_back_what_it_took) {
  Projection projection(places());
  std::mt19937 random(1);
  std::map<PositionKey, PositionValue> all;
  for (int i = 0; i < 500; ++i) {
    PositionValue made;
    made.profile = random_profile(random, 6);
    made.version = i;
    made.owner = i % 3 ? "wms_east" : "wms_west";
    made.suspect = i % 7 == 0;
    made.backorders = i % 5 == 0;
    const PositionKey key{"S-" + std::to_string(i / 4), "L-" + std::to_string(i % 4)};
    projection.apply(key, made);
    all[key] = made;
  }
  for (const auto& [key, want] : all) {
    const auto got = projection.find(key);
    ASSERT_TRUE(got) << key.sku << key.location;
    EXPECT_EQ(got->profile, want.profile);
    EXPECT_EQ(got->version, want.version);
    EXPECT_EQ(got->owner, want.owner);
    EXPECT_EQ(got->suspect, want.suspect);
    EXPECT_EQ(got->backorders, want.backorders);
  }
  std::vector<Held> held;
  EXPECT_EQ(projection.read("S-7", held), 4U);
  EXPECT_EQ(projection.read("nobody", held), 0U);
}

/// The same changes in any order, any of them repeated, end at the same state: the feeder may hand them in as they come.
std::vector<std::pair<PositionKey, PositionValue>> shuffled_and_repeated(std::mt19937& random) {
  std::vector<std::pair<PositionKey, PositionValue>> stream;
  for (int version = 1; version <= 20; ++version) {
    for (int s = 0; s < 5; ++s) stream.push_back({{"S-" + std::to_string(s), "L"}, value(version * 10 + s, version)});
  }
  const std::vector again(stream.begin(), stream.begin() + 40);
  stream.insert(stream.end(), again.begin(), again.end());
  std::shuffle(stream.begin(), stream.end(), random);
  return stream;
}

TEST(Projection, order_and_repetition_do_not_matter) {
  std::mt19937 random(9);
  for (int round = 0; round < 50; ++round) {
    Projection projection(places());
    for (const auto& [key, one] : shuffled_and_repeated(random)) projection.apply(key, one);
    for (int s = 0; s < 5; ++s) ASSERT_EQ(projection.find({"S-" + std::to_string(s), "L"})->profile.on_hand, qty(200 + s));
  }
}

TEST(Projection, negative_control_what_is_told_last_is_not_what_is_latest) {
  std::mt19937 random(9);
  int wrong = 0;
  for (int round = 0; round < 50; ++round) {
    std::map<PositionKey, PositionValue> naive;
    for (const auto& [key, one] : shuffled_and_repeated(random)) naive[key] = one;
    for (const auto& [key, one] : naive) wrong += one.version != 20;
  }
  EXPECT_GT(wrong, 100);
}

/// Within a version the marks tell what is later; an older version with more of them is old all the same.
TEST(Projection, a_mark_counts_within_its_version) {
  Projection projection(places());
  PositionKey key{"S", "L"};
  auto told = [&](int version, int marks, bool suspect) {
    auto one = value(10, version);
    one.marks = marks;
    one.suspect = suspect;
    return projection.apply(key, one);
  };
  EXPECT_TRUE(told(3, 0, false));
  EXPECT_TRUE(told(3, 1, true));
  EXPECT_TRUE(projection.find(key)->suspect);
  EXPECT_FALSE(told(3, 0, false)) << "it comes late";
  EXPECT_TRUE(told(3, 2, false));
  EXPECT_FALSE(told(3, 1, true)) << "so does this";
  EXPECT_FALSE(projection.find(key)->suspect);
  EXPECT_TRUE(told(4, 2, false));
  EXPECT_FALSE(told(3, 9, true));
  EXPECT_FALSE(projection.find(key)->suspect);
}

TEST(Watermarks, go_forward_only_and_know_their_source) {
  Watermarks marks(places());
  EXPECT_EQ(marks.of("wms", "DC"), std::nullopt);
  marks.set("wms", "DC", Instant{100});
  marks.set("wms", "DC", Instant{50});
  marks.set("other", "DC", Instant{70});
  EXPECT_EQ(marks.of("wms", "DC"), Instant{100});
  EXPECT_EQ(marks.of("other", "DC"), Instant{70});
  EXPECT_EQ(marks.of("DC"), Instant{100});
  EXPECT_EQ(marks.of("wms", "ELSE"), std::nullopt);
  EXPECT_EQ(marks.of("ELSE"), std::nullopt);
}

TEST(Projection, as_of_is_what_was_told_last) {
  Projection projection(places());
  projection.set_current(Instant{200});
  projection.set_current(Instant{100});
  EXPECT_EQ(projection.as_of(), Instant{100}) << "the clock was put back; kept at 200 it would look fresh until that has passed";
}

TEST(Projection, one_feeds_while_others_read) {
  Projection projection(places());
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&] {
      std::vector<Held> held;
      while (!done) {
        for (int s = 0; s < 100; ++s) {
          const auto count = projection.read("S-" + std::to_string(s), held);
          for (std::size_t i = 0; i < count; ++i) {
            // Each version writes its own number into every quantity: a torn read would show two.
            const auto version = static_cast<int>(held[i].version);
            if (held[i].profile.on_hand != qty(version) || held[i].profile.demand.total() != qty(version)) ++wrong;
          }
        }
        if (projection.watermarks().of("wms", "L-1") > Instant{1'000}) ++wrong;
      }
    });
  }
  for (int version = 1; version <= 20; ++version) {
    for (int s = 0; s < 100; ++s) {
      auto made = value(version, version);
      made.profile.demand.add(day(version), qty(version));
      projection.apply({"S-" + std::to_string(s), "L-" + std::to_string(version % 4)}, made);
    }
    projection.watermarks().set("wms", "L-" + std::to_string(version % 4), Instant{version});
    projection.set_current(Instant{version});
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(projection.size(), 400U);
}

}  // namespace
}  // namespace crossdock::promise
