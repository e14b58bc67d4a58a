// Pointers and suggestions; the small types of result.hpp and deadline.hpp.
#include <gmock/gmock.h>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/mistakes.hpp"
#include "crossdock/base/result.hpp"

namespace crossdock {
namespace {

const std::vector<std::string_view> known = {"sku", "quantity", "date", "locations", "order_number", "customer_po", "requested_ship_date",
                                             "id"};

TEST(Pointer, EscapesTokens) {
  EXPECT_EQ(pointer_to("", "lines"), "/lines");
  EXPECT_EQ(pointer_to("/lines/0", "a/b~c"), "/lines/0/a~1b~0c");
  EXPECT_EQ(pointer_to("/a", ""), "/a/");
  EXPECT_EQ(pointer_to("", "~1"), "/~01");
}

TEST(Nearest, SuggestsWhatWasMeant) {
  EXPECT_EQ(nearest("quantitiy", known), "quantity");
  EXPECT_EQ(nearest("quanttiy", known), "quantity");
  EXPECT_EQ(nearest("Quantity", known), "quantity");
  EXPECT_EQ(nearest("location", known), "locations");
  EXPECT_EQ(nearest("skU", known), "sku");
  EXPECT_EQ(nearest("orderNumber", known), "order_number");
  EXPECT_EQ(nearest("requestedShipDate", known), "requested_ship_date");
  EXPECT_EQ(nearest("customerpo", known), "customer_po");
  EXPECT_EQ(nearest("ids", known), "id");
  EXPECT_EQ(nearest("date", known), "date");
}

TEST(Nearest, KeepsSilentOtherwise) {
  for (const char* word : {"", "x", "qq", "colour", "warehouse", "qty", "unit_price"}) EXPECT_EQ(nearest(word, known), "") << word;
  EXPECT_EQ(nearest(std::string(1'000'000, 'q'), known), "");
  EXPECT_EQ(nearest("sku", {}), "");
  EXPECT_EQ(nearest(std::string(64, 'a'), {std::string_view("b")}), "");
}

Result<int> half(int n) {
  if (n % 2 != 0) return Fault(FaultKind::invalid, "odd", "give an even number");
  return n / 2;
}

TEST(Result, CarriesAValueOrAFault) {
  EXPECT_EQ(half(4).value(), 2);
  const Result<int> failed = half(3);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.fault().code(), "odd");
  EXPECT_FALSE(failed.fault().worth_retrying());
  const Fault busy = Fault(FaultKind::unavailable, "busy", "try later").retry_after(std::chrono::milliseconds(5));
  EXPECT_TRUE(busy.worth_retrying());
  EXPECT_EQ(busy.wait(), std::chrono::milliseconds(5));
  EXPECT_FALSE(Fault(FaultKind::uncertain, "timeout", "look it up first").worth_retrying());
}

TEST(Deadline, TakesTheSooner) {
  using namespace std::chrono_literals;
  const Deadline later = Deadline::in(1h);
  EXPECT_FALSE(later.passed());
  EXPECT_GT(later.left(), 59min);
  EXPECT_LE(later.or_sooner(1s).left(), 1s);
  EXPECT_LE(Deadline::in(1ms).or_sooner(1h).left(), 1ms);
  const Deadline past(Clock::now() - 1s);
  EXPECT_TRUE(past.passed());
  EXPECT_EQ(past.left(), Clock::duration::zero());
}

}  // namespace
}  // namespace crossdock
