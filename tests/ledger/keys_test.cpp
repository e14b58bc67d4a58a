// Keys beside a std::set that is told the same.
#include "ledger/keys.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace crossdock::ledger {
namespace {

/// What differs between the two after the same inserts; empty: nothing.
template <class Set>
std::string differs(Set& keys, unsigned seed) {
  std::mt19937 random(seed);
  std::set<PositionKey> beside;
  std::vector<PositionKey> order;
  for (int i = 0; i < 3'000; ++i) {
    PositionKey key{"I-" + std::to_string(random() % 700), "L-" + std::to_string(random() % 3)};
    bool made = beside.insert(key).second;
    if (made) order.push_back(key);
    if (keys.insert(key) != made) return "insert of " + key.sku;
    if (keys.size() != beside.size()) return "size";
    PositionKey other{"I-" + std::to_string(random() % 1'400), "L-1"};
    if (keys.contains(other) != beside.contains(other)) return "contains " + other.sku;
  }
  if (std::vector<PositionKey>(keys.begin(), keys.end()) != order) return "order";
  return "";
}

TEST(Keys, AreASetInTheOrderOfTheirComing) {
  Keys<PositionKey> none;
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.contains({"A", "E"}));
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Keys<PositionKey> keys;
    EXPECT_EQ(differs(keys, seed), "");
  }
}

/// Knows a key by its SKU alone, as a hash that is taken for the key would.
struct Confused : Keys<PositionKey> {
  std::set<std::string> skus;
  bool insert(const PositionKey& key) { return skus.insert(key.sku).second && Keys::insert(key); }
};

TEST(Keys, NegativeControlAConfusedOneIsSeen) {
  Confused keys;
  EXPECT_NE(differs(keys, 1), "");
}

TEST(Keys, TellApartWhatOnlyTogetherReadsTheSame) {
  Keys<PositionKey> keys{{"A", "BC"}, {"AB", "C"}, {"A", "BC"}};
  EXPECT_EQ(keys.size(), 2U);
  Keys<MovementKey> movements{{{"A", "E"}, {1, 2}, ""}, {{"A", "E"}, {2, 1}, ""}, {{"A", "E"}, {1, 2}, "x"}, {{"A", "E"}, {1, 2}, ""}};
  EXPECT_EQ(movements.size(), 3U);
}

}  // namespace
}  // namespace crossdock::ledger
