// A log that is made anew beneath its reader is found at the next look, whenever in between it happens; one that is merely cut off or
// compacted is not taken for another.
#include "hub/anchors.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace crossdock::hub {
namespace {

using store::LastRead;

/// A topic of one partition and its reader, and what happens to them between any two steps of a look.
class Stream {
 public:
  explicit Stream(unsigned seed) : random(seed) {}

  std::mt19937 random;
  std::vector<std::optional<std::int64_t>> prints;  ///< by offset; none: compacted away, or a transaction's marker
  std::int64_t low = 0, next = 0;
  LastRead last;
  Anchors anchors;
  bool anew = false;

  int pick(int high) { return std::uniform_int_distribution<int>(0, high)(random); }
  void grow(int count) {
    for (; count > 0; --count) prints.emplace_back(static_cast<std::int64_t>(random()));
  }
  void read() {
    const auto to = std::min<std::int64_t>(next + pick(3), static_cast<std::int64_t>(prints.size()));
    for (next = std::max(next, low); next < to; ++next) {
      if (!prints[static_cast<std::size_t>(next)]) continue;
      last = {next, *prints[static_cast<std::size_t>(next)]};
      anchors.read(last);
    }
  }
  void make_anew() {
    anew = true;
    prints.clear();
    low = 0;
    grow(static_cast<int>(next) + 1 + pick(3));
  }
  /// The log forgets: by time from its beginning, by key in its middle; what is newest stays.
  void forget() {
    if (pick(3) == 0) low = std::min<std::int64_t>(low + pick(4), static_cast<std::int64_t>(prints.size()));
    for (std::size_t i = 0; i + 1 < prints.size(); ++i)
      if (pick(4) == 0) prints[i].reset();
  }
};

class View final : public Log {
 public:
  View(Stream& stream, std::function<void()> meanwhile) : stream_(stream), meanwhile_(std::move(meanwhile)) {}
  Result<std::int64_t> low() override {
    meanwhile_();
    return stream_.low;
  }
  Result<std::optional<LastRead>> first_from(std::int64_t offset) override {
    meanwhile_();
    if (offset < stream_.low) return Fault(FaultKind::unavailable, "kafka_unavailable", "outside the log");
    for (auto at = static_cast<std::size_t>(offset); at < stream_.prints.size(); ++at)
      if (stream_.prints[at]) return std::optional(LastRead{static_cast<std::int64_t>(at), *stream_.prints[at]});
    return std::optional<LastRead>();
  }

 private:
  Stream& stream_;
  std::function<void()> meanwhile_;
};

/// Of the looks that began after the topic was made anew, the number of the one that found it. 0: one that ran then; -1: none of ten did.
int found_by(unsigned seed, bool anchor_of_after_the_look) {
  Stream stream(seed);
  stream.grow(5);
  while (stream.last.offset < 0) stream.read();
  const int when = stream.pick(40);
  int step = 0;
  auto meanwhile = [&] {
    if (step++ == when) stream.make_anew();
    stream.grow(stream.pick(2));
    stream.read();
  };
  for (int since = 0, looks = 0; looks < 60 && since < 10; ++looks) {
    meanwhile();
    since += stream.anew;
    const auto before = stream.last;
    View view(stream, meanwhile);
    const auto answer = stream.anchors.look(view);
    meanwhile();
    if (answer.verdict == Anchors::Verdict::other) return since;
    stream.anchors.looked(answer, anchor_of_after_the_look ? stream.last : before);
  }
  return -1;
}

TEST(Anchors, the_first_look_at_a_topic_made_anew_finds_it) {
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    const auto look = found_by(seed, false);
    ASSERT_TRUE(look == 0 || look == 1) << "seed " << seed << ": by look " << look;
  }
}

TEST(Anchors, negative_control_what_was_read_during_the_look_is_no_anchor) {
  int never = 0;
  for (unsigned seed = 0; seed < 2'000; ++seed) never += found_by(seed, true) < 0;
  EXPECT_GT(never, 20) << "a record of the new log would be taken for one of the old";
}

TEST(Anchors, what_a_log_forgets_is_no_other_log) {
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    Stream stream(seed);
    for (int i = 0; i < 30; ++i) {
      auto meanwhile = [&] {
        stream.grow(stream.pick(3));
        stream.read();
        stream.forget();
      };
      meanwhile();
      const auto before = stream.last;
      View view(stream, meanwhile);
      const auto answer = stream.anchors.look(view);
      ASSERT_NE(answer.verdict, Anchors::Verdict::other) << "seed " << seed << ": " << answer.why;
      stream.anchors.looked(answer, before);
    }
  }
}

/// All that was read has been cut off: there is no record to look for, but a log's beginning never goes back.
TEST(Anchors, a_beginning_that_goes_back_is_another_log) {
  Stream stream(1);
  stream.grow(10);
  while (stream.next < 10) stream.read();
  stream.low = 10;
  View view(stream, [] {});
  auto answer = stream.anchors.look(view);
  EXPECT_EQ(answer.verdict, Anchors::Verdict::nothing);
  stream.anchors.looked(answer, stream.last);
  stream.make_anew();
  answer = stream.anchors.look(view);
  EXPECT_EQ(answer.verdict, Anchors::Verdict::other);
  EXPECT_EQ(answer.missing.offset, -1);
}

TEST(Anchors, where_one_is_compacted_away_an_older_one_tells) {
  Stream stream(1);
  stream.grow(10);
  for (int i = 0; i < 3; ++i) {
    const auto before = stream.next;
    while (stream.next == before) stream.read();
    View view(stream, [] {});
    stream.anchors.looked(stream.anchors.look(view), stream.last);
  }
  const auto newest = static_cast<std::size_t>(stream.last.offset);
  stream.make_anew();
  stream.prints[newest].reset();
  View view(stream, [] {});
  EXPECT_EQ(stream.anchors.look(view).verdict, Anchors::Verdict::other);
}

}  // namespace
}  // namespace crossdock::hub
