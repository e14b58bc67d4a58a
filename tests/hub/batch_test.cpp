#include "hub/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crossdock::hub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<store::OutboxRow> rows(const std::vector<std::string>& keys) {
  std::vector<store::OutboxRow> out;
  for (const auto& key : keys) {
    store::OutboxRow row;
    row.id = static_cast<std::int64_t>(10 + out.size());
    row.topic = "t";
    row.key = key;
    out.push_back(row);
  }
  return out;
}

kafka::Report report(const Batch& batch, std::size_t place, const std::string& code = "", bool rejected = false) {
  kafka::Report out;
  out.token = batch.token(place);
  out.code = code;
  out.rejected = rejected;
  return out;
}

/// Reports in the order in which they came.
void tell(Batch& batch, const std::vector<kafka::Report>& reports) {
  for (std::size_t i = 0; i < reports.size(); ++i) batch.handed_over();
  batch.take(reports);
}

TEST(BatchTest, WhatIsAcknowledgedIsDone) {
  auto all = rows({"a", "b", "a"});
  Batch batch(all, 1);
  tell(batch, {report(batch, 2), report(batch, 0), report(batch, 1)});
  EXPECT_FALSE(batch.failed());
  EXPECT_FALSE(batch.outstanding());
  EXPECT_THAT(batch.done(), ElementsAre(10, 11, 12));
}

// Removed from the outbox, the third row would never be sent again, and readers of the lane would end with the second as the last word.
TEST(BatchTest, WhatStandsBehindAFailedOneOfItsLaneIsNotDone) {
  auto all = rows({"a", "a", "a", "b"});
  Batch batch(all, 1);
  tell(batch, {report(batch, 0), report(batch, 1, "_MSG_TIMED_OUT"), report(batch, 2), report(batch, 3)});
  EXPECT_TRUE(batch.failed());
  EXPECT_TRUE(batch.any_acknowledged());
  EXPECT_THAT(batch.done(), ElementsAre(10, 13));
}

TEST(BatchTest, AnotherTopicIsAnotherLane) {
  auto all = rows({"a", "a"});
  all[1].topic = "u";
  Batch batch(all, 1);
  tell(batch, {report(batch, 0, "_MSG_TIMED_OUT"), report(batch, 1)});
  EXPECT_THAT(batch.done(), ElementsAre(11));
}

TEST(BatchTest, ARowWithoutAKeyHasALaneToo) {
  auto all = rows({"a", "a"});
  all[0].key.reset();
  all[1].key.reset();
  Batch batch(all, 1);
  tell(batch, {report(batch, 0, "_MSG_TIMED_OUT"), report(batch, 1)});
  EXPECT_THAT(batch.done(), IsEmpty());
}

TEST(BatchTest, WhatIsRefusedAloneIsRefused) {
  auto all = rows({"a"});
  Batch batch(all, 1);
  tell(batch, {report(batch, 0, "MSG_SIZE_TOO_LARGE", true)});
  EXPECT_FALSE(batch.failed());
  EXPECT_FALSE(batch.refused_together());
  ASSERT_EQ(batch.refused().size(), 1U);
  EXPECT_EQ(batch.refused()[0].first, 0U);
}

/// The broker refuses a whole batch for one of its records: which one is at fault shows only when it is sent alone.
TEST(BatchTest, WhatIsRefusedTogetherIsTriedAgain) {
  auto all = rows({"a", "a"});
  Batch batch(all, 1);
  tell(batch, {report(batch, 0, "MSG_SIZE_TOO_LARGE", true), report(batch, 1, "MSG_SIZE_TOO_LARGE", true)});
  EXPECT_TRUE(batch.failed());
  EXPECT_TRUE(batch.refused_together());
  EXPECT_THAT(batch.refused(), IsEmpty());
  EXPECT_THAT(batch.done(), IsEmpty());
}

TEST(BatchTest, AReportOfAnEarlierBatchIsNotTakenForOneOfThis) {
  auto all = rows({"a", "b"});
  Batch before(all, 1), batch(all, 2);
  batch.handed_over();
  batch.take(std::vector<kafka::Report>{report(before, 0), report(before, 1)});
  EXPECT_TRUE(batch.outstanding());
  EXPECT_THAT(batch.done(), IsEmpty());
}

TEST(BatchTest, NothingIsDoneBeforeItIsAcknowledged) {
  auto all = rows({"a"});
  Batch batch(all, 1);
  batch.handed_over();
  EXPECT_TRUE(batch.outstanding());
  EXPECT_FALSE(batch.any_acknowledged());
  EXPECT_THAT(batch.done(), IsEmpty());
}

}  // namespace
}  // namespace crossdock::hub
