// The circuit as a state machine, against a plain oracle, under a clock of the test's own; thousands of seeds, and breakers that are
// broken.
#include "hub/circuit.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace crossdock::hub {
namespace {

using namespace std::chrono_literals;

constexpr int open_after = 4;
constexpr std::chrono::milliseconds window{1'000}, probe_after{500};

/// What the breaker promises, said again in the plainest way: from the whole history, nothing forgotten, nothing remembered twice.
class Oracle {
 public:
  bool admits(Clock::time_point now) {
    if (!opened_) return true;
    if (now < *opened_ + probe_after) return false;
    opened_ = now;  // one probe; another after the same time, should this one not come back
    probing_ = true;
    return true;
  }
  void answered(Clock::time_point now, bool good) {
    if (good) {
      opened_.reset();
      probing_ = false;
    }
    if (!good && opened_) {
      opened_ = now;
      probing_ = false;
      return;
    }
    calls_.emplace_back(now, good);
    if (!good && must_open(now)) {
      opened_ = now;
      calls_.clear();
    }
  }
  CircuitBreaker::State state() const {
    if (!opened_) return CircuitBreaker::State::closed;
    return probing_ ? CircuitBreaker::State::probing : CircuitBreaker::State::open;
  }

 private:
  bool must_open(Clock::time_point now) const {
    int in_a_row = 0, all = 0, bad = 0;
    for (const auto& [at, good] : calls_) in_a_row = good ? 0 : in_a_row + 1;
    for (const auto& [at, good] : calls_)
      if (at + window >= now) ++all, bad += !good;
    return in_a_row >= open_after || (all >= 10 && 2 * bad >= all);
  }
  std::optional<Clock::time_point> opened_;
  bool probing_ = false;
  std::vector<std::pair<Clock::time_point, bool>> calls_;
};

/// One random life: calls begin when they are admitted and end some time later, in any order. The first difference to the oracle.
template <class Breaker>
std::optional<std::string> differs(unsigned seed) {
  std::mt19937 random(seed);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Breaker breaker(open_after, window, probe_after);
  Oracle oracle;
  Clock::time_point now{};
  std::vector<Clock::time_point> ends;
  int trouble = below(101);  // how often a call fails, in percent; changes now and then
  for (int step = 0; step < 400; ++step) {
    now += std::chrono::milliseconds(below(120));
    if (below(40) == 0) trouble = below(101);
    bool end_one = !ends.empty() && below(2) == 0;
    std::string where = "seed " + std::to_string(seed) + " step " + std::to_string(step);
    if (end_one) {
      ends.pop_back();
      bool good = below(100) >= trouble;
      if (good)
        breaker.succeeded(now);
      else
        breaker.failed(now);
      oracle.answered(now, good);
    } else {
      bool admitted = breaker.admit(now), wanted = oracle.admits(now);
      if (admitted != wanted) return where + (admitted ? ": admitted in vain" : ": refused without a reason");
      if (admitted) ends.push_back(now);
    }
    if (breaker.state() != oracle.state()) return where + ": another state";
  }
  return {};
}

template <class Breaker>
int lives_that_differ(unsigned seeds) {
  int count = 0;
  for (unsigned seed = 1; seed <= seeds; ++seed) count += differs<Breaker>(seed).has_value();
  return count;
}

TEST(CircuitTest, DoesWhatItPromisesInThousandsOfLives) {
  for (unsigned seed = 1; seed <= 4'000; ++seed) {
    auto difference = differs<CircuitBreaker>(seed);
    ASSERT_FALSE(difference) << *difference;
  }
}

/// Negative controls: each of these is caught.
struct LetsAllThrough : CircuitBreaker {
  using CircuitBreaker::CircuitBreaker;
  bool admit(Clock::time_point now) { return CircuitBreaker::admit(now), true; }
};
struct OpensOneTooLate : CircuitBreaker {
  OpensOneTooLate(int after, std::chrono::milliseconds w, std::chrono::milliseconds p) : CircuitBreaker(after + 1, w, p) {}
};
struct ForgetsNothing : CircuitBreaker {
  ForgetsNothing(int after, std::chrono::milliseconds, std::chrono::milliseconds p) : CircuitBreaker(after, 1h, p) {}
};
struct ProbesTooSoon : CircuitBreaker {
  ProbesTooSoon(int after, std::chrono::milliseconds w, std::chrono::milliseconds p) : CircuitBreaker(after, w, p - 100ms) {}
};
struct TakesAFailedProbeForAGoodOne : CircuitBreaker {
  using CircuitBreaker::CircuitBreaker;
  void failed(Clock::time_point now) { state() == State::probing ? CircuitBreaker::succeeded(now) : CircuitBreaker::failed(now); }
};

TEST(CircuitTest, BrokenBreakersAreCaught) {
  EXPECT_GT(lives_that_differ<LetsAllThrough>(50), 0);
  EXPECT_GT(lives_that_differ<OpensOneTooLate>(50), 0);
  EXPECT_GT(lives_that_differ<ForgetsNothing>(50), 0);
  EXPECT_GT(lives_that_differ<ProbesTooSoon>(50), 0);
  EXPECT_GT(lives_that_differ<TakesAFailedProbeForAGoodOne>(50), 0);
}

TEST(CircuitTest, OpensAfterFailuresInARowProbesAndCloses) {
  CircuitBreaker breaker(3, 1s, 500ms);
  Clock::time_point at{};
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(breaker.admit(at));
    breaker.failed(at);
  }
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::open);
  EXPECT_FALSE(breaker.admit(at + 499ms));
  EXPECT_TRUE(breaker.admit(at + 500ms)) << "the probe";
  EXPECT_FALSE(breaker.admit(at + 501ms)) << "one at a time";
  breaker.failed(at + 600ms);
  EXPECT_FALSE(breaker.admit(at + 1'099ms));
  EXPECT_TRUE(breaker.admit(at + 1'100ms));
  breaker.succeeded(at + 1'200ms);
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::closed);
  EXPECT_TRUE(breaker.admit(at + 1'200ms));
}

/// A probe that was not made: the next one may go at once, and nothing has failed.
TEST(CircuitTest, AWithdrawnProbeLeavesItsPlaceToTheNext) {
  CircuitBreaker breaker(1, 1s, 500ms);
  Clock::time_point at{};
  breaker.withdrawn(at);
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::closed);
  breaker.failed(at);
  EXPECT_TRUE(breaker.admit(at + 500ms));
  breaker.withdrawn(at + 500ms);
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::open);
  EXPECT_TRUE(breaker.admit(at + 500ms));
  EXPECT_FALSE(breaker.admit(at + 501ms));
}

}  // namespace
}  // namespace crossdock::hub
