// A record is found again at its offset, beside whoever reads.
#include "kafka/lookup.hpp"

#include "broker.hpp"

namespace crossdock::kafka {
namespace {

using LookupTest = WithBroker;
CROSSDOCK_BOTH_BROKERS(LookupTest);

TEST_P(LookupTest, OneRecordAtATimeInAnyOrder) {
  const auto topic = make_topic(2);
  fill(topic, 30, 1);
  const auto lookup = Lookup::open(cluster).value();
  const Partition partition{topic, 1};
  for (const std::int64_t offset : {29, 3, 3, 17, 0}) {
    std::string value;
    const auto there = lookup->first_from(partition, offset, Deadline::in(10s), [&](const Record& record) {
      EXPECT_EQ(record.offset, offset);
      value = record.value.value_or("");
    });
    ASSERT_TRUE(there) << there.fault().message();
    EXPECT_TRUE(*there);
    EXPECT_EQ(value, std::to_string(offset));
  }
  const auto end = lookup->first_from(partition, 30, Deadline::in(10s), [](const Record&) { FAIL(); });
  ASSERT_TRUE(end) << end.fault().message();
  EXPECT_FALSE(*end) << "nothing is there yet";
  const auto marks = lookup->watermarks(partition, Deadline::in(10s));
  ASSERT_TRUE(marks);
  EXPECT_EQ(marks->low, 0);
  EXPECT_EQ(marks->high, 30);
}

TEST_P(LookupTest, OutsideTheLogIsAFault) {
  const auto topic = make_topic();
  fill(topic, 3);
  const auto lookup = Lookup::open(cluster).value();
  EXPECT_FALSE(lookup->first_from({topic, 0}, 40, Deadline::in(5s), [](const Record&) { FAIL(); }));
}

TEST_P(LookupTest, ABrokerThatDoesNotAnswerIsAFaultInTime) {
  cluster.brokers = "127.0.0.1:1";
  const auto began = Clock::now();
  {
    const auto lookup = Lookup::open(cluster).value();
    EXPECT_FALSE(lookup->watermarks({"t", 0}, Deadline::in(1s)));
    EXPECT_FALSE(lookup->first_from({"t", 0}, 0, Deadline::in(1s), [](const Record&) { FAIL(); }));
  }
  EXPECT_LT(Clock::now() - began, 6s);
}

}  // namespace
}  // namespace crossdock::kafka
