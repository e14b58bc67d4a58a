// Ids, digests and check digits.
#include <gmock/gmock.h>

#include <chrono>
#include <set>
#include <thread>

#include "crossdock/base/id.hpp"

namespace crossdock {
namespace {

TEST(NewId, IsAUuidOfVersion7AndOfNow) {
  const std::string id = new_id();
  ASSERT_TRUE(is_uuid(id)) << id;
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos) << id;
  const auto ms = std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(static_cast<double>(ms), static_cast<double>(now), 1'000.0);
  EXPECT_EQ(id.find_first_of("ABCDEF"), std::string::npos);
}

TEST(NewId, GrowsWithinAThreadAndIsUniqueAmongThreads) {
  constexpr int each = 50'000;
  std::vector<std::vector<std::string>> all(4);
  std::vector<std::thread> threads;
  for (auto& ids : all) {
    threads.emplace_back([&ids] {
      for (int i = 0; i < each; ++i) ids.push_back(new_id());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> unique;
  for (const auto& ids : all) {
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end(), std::less_equal<>())) << "not strictly growing";
    unique.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(unique.size(), 4U * each);
}

TEST(NewId, SpreadsItsRandomBits) {
  int ones[128] = {};
  std::vector<std::string> ids;
  for (int i = 0; i < 400; ++i) std::thread([&ids] { ids.push_back(new_id()); }).join();  // a new thread is a new seed
  for (const std::string& id : ids) {
    int bit = 0;
    for (char c : id) {
      if (c == '-') continue;
      const int nibble = std::stoi(std::string(1, c), nullptr, 16);
      for (int b = 3; b >= 0; --b) ones[bit++] += nibble >> b & 1;
    }
  }
  const int count = static_cast<int>(ids.size());
  for (int bit = 52; bit < 128; ++bit) {
    if (bit == 64 || bit == 65) continue;  // the variant
    EXPECT_GT(ones[bit], count / 3) << bit;
    EXPECT_LT(ones[bit], count * 2 / 3) << bit;
  }
}

TEST(Uuid, KnowsTheForm) {
  EXPECT_TRUE(is_uuid("018f6b1e-7a3c-7cc0-98c4-dc0c0c07398f"));
  EXPECT_TRUE(is_uuid("018F6B1E-7A3C-7CC0-98C4-DC0C0C07398F"));
  for (const char* text :
       {"", "018f6b1e7a3c7cc098c4dc0c0c07398f", "018f6b1e-7a3c-7cc0-98c4-dc0c0c07398", "018f6b1e-7a3c-7cc0-98c4-dc0c0c07398ff",
        "018f6b1e-7a3c-7cc0-98c4-dc0c0c07398g", "018f6b1e-7a3c-7cc0-98c40dc0c0c07398f", "{18f6b1e-7a3c-7cc0-98c4-dc0c0c07398}"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(ConstantTime, ComparesBytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("Secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secret "));
  EXPECT_FALSE(equal_in_constant_time("\x80", std::string_view("\0", 1)));
}

TEST(CheckDigit, KnowsPublishedNumbers) {
  for (const char* gtin : {"4006381333931", "96385074", "036000291452", "9780306406157", "00012345600012"})
    EXPECT_TRUE(valid_gtin(gtin)) << gtin;
  EXPECT_TRUE(valid_gln("4006381333931"));
  EXPECT_TRUE(valid_sscc("106141411234567897"));
}

TEST(CheckDigit, RefusesOtherLengthsLettersAndEmptiness) {
  for (const char* text : {"", "0", "1", "400638133393", "40063813339310", "4006381333932", "400638133393a", "4006381333931 ",
                           "-006381333931", "00000", "000000000", "0000000000", "00000000000", "000000000000000"}) {
    EXPECT_FALSE(valid_gtin(text)) << text;
  }
  EXPECT_FALSE(valid_gln("96385074"));
  EXPECT_FALSE(valid_sscc("4006381333931"));
  EXPECT_FALSE(valid_sscc("10614141123456789x"));
}

TEST(CheckDigit, CatchesEveryWrongDigit) {
  const std::string right = "106141411234567897";
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (char c = '0'; c <= '9'; ++c) {
      std::string text = right;
      text[i] = c;
      EXPECT_EQ(valid_sscc(text), c == right[i]) << text;
    }
  }
}

}  // namespace
}  // namespace crossdock
