// The audit's chain and its heads, against values that another program computed from audit.hpp's words.
#include "ledger/audit.hpp"

#include <gtest/gtest.h>

namespace crossdock::ledger {
namespace {

AuditEntry first() { return {1, Instant{1764460800000001}, {}, "hub", "order.refused", "webshop/W-1", "webshop", "no stock", "c-1"}; }
AuditEntry second() {
  return {2,    Instant{1764460800000002}, "01990000-0000-7000-8000-000000000001", "hub", "order.captured", "webshop/W-2", "webshop", "",
          "c-2"};
}

TEST(AuditLink, is_what_is_documented) {
  const auto one = link({}, first());
  EXPECT_EQ(hex(one), "4b747dcda706692fc728c9d615edf2f21060f8866882850481ac49d15a6f1366");
  EXPECT_EQ(hex(link(one, second())), "093ef7491fe0184cfd258633dd95d80378a5e83c3de666bc42d7f98e9a1df6cd");
}

TEST(AuditLink, every_field_counts_and_none_runs_into_the_next) {
  const auto whole = link({}, second());
  auto differs = [&](auto change) {
    auto entry = second();
    change(entry);
    EXPECT_NE(link({}, entry), whole);
  };
  differs([](AuditEntry& e) { e.id = 3; });
  differs([](AuditEntry& e) { e.at.micros += 1; });
  differs([](AuditEntry& e) { e.order_id.reset(); });
  differs([](AuditEntry& e) { e.order_id = ""; });
  differs([](AuditEntry& e) { e.system = "hub2"; });
  differs([](AuditEntry& e) { e.step = "order.capture"; });
  differs([](AuditEntry& e) { e.document = ""; });
  differs([](AuditEntry& e) { e.actor = "other"; });
  differs([](AuditEntry& e) { e.detail = "x"; });
  differs([](AuditEntry& e) { e.correlation_id = "c-3"; });
  differs([](AuditEntry& e) {
    e.actor =
        "webshop"
        "c",
    e.correlation_id = "-2";
  });
  EXPECT_NE(link(link({}, first()), second()), whole) << "what stands before counts";
}

TEST(AuditHeads, come_back_from_their_line) {
  AuditHead head{"01990000-0000-7000-8000-000000000001", 42, std::string(64, 'a'), Instant{1764460800123000}, std::string(128, 'b')};
  auto read = head_from(to_line(head));
  ASSERT_TRUE(read);
  EXPECT_EQ(signed_text(*read), signed_text(head));
  EXPECT_EQ(read->signature, head.signature);
  auto moved = head;
  moved.place = 43;
  EXPECT_NE(signed_text(moved), signed_text(head));
}

TEST(AuditHeads, what_is_none_is_refused) {
  for (const char* line :
       {"", "{}", "[1]", "{\"chain\":\"c\",\"place\":\"x\",\"link\":\"l\",\"at\":\"2026\",\"signature\":\"\"}", "nonsense"}) {
    auto read = head_from(line);
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.fault().code(), "bad_head");
  }
}

}  // namespace
}  // namespace crossdock::ledger
