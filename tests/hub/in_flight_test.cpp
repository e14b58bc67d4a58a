// PROTOCOLS.md A: a duplicate waits up to 2 s for the outcome of the request that is under way, then it is told so.
#include "hub/in_flight.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base.hpp"
#include "runtime/within.hpp"

namespace crossdock::hub {
namespace {

class InFlightTest : public WithServices {
 protected:
  void SetUp() override {
    WithServices::SetUp();
    if (IsSkipped()) return;
    run("insert into position (sku, location, version, on_hand, owner) values ('A', 'E', 1, 10, 'wms')");
    loops = std::make_unique<runtime::Loops>(1);
    hub = std::make_unique<Hub>(settings, *loops);
    loops->start();
    ASSERT_TRUE(hub->start());
  }
  void TearDown() override {
    if (hub) hub->stop(Deadline::in(5s));
    if (loops) loops->stop();
    if (loops) loops->join();
    hub.reset();
    WithServices::TearDown();
  }
  static std::shared_ptr<ledger::Reserve> reserve(const std::string& key) {
    auto request = ledger::keyed(ledger::reserve_of({{{"A", "E"}, ledger::qty(1), {}}}), key);
    request->fingerprint = sha256("the same body");
    return request;
  }
  std::future<std::optional<Outcome>> ask_for(const std::shared_ptr<ledger::Reserve>& request) {
    auto deciding = hub->decide(request, Line::reservations, Deadline::in(20s));
    return asio::co_spawn(loops->loop(0), runtime::detail::boxed(std::move(deciding)), asio::use_future);
  }
  /// Each commit of a reservation takes so long from now on.
  void slow_down(const std::string& seconds) {
    run("create or replace function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(" + seconds +
        "); return new; end $$");
    run("create or replace trigger slow before insert on reservation for each row execute function slow()");
  }

  std::unique_ptr<runtime::Loops> loops;
  std::unique_ptr<Hub> hub;
};

TEST_F(InFlightTest, ADuplicateIsToldAfterTwoSecondsThatTheFirstIsUnderWay) {
  slow_down("6");
  auto first = reserve("k");
  auto answer = ask_for(first);
  std::this_thread::sleep_for(200ms);
  auto begin = Clock::now();
  auto told = *ask_for(reserve("k")).get();
  ASSERT_FALSE(told);
  EXPECT_EQ(told.fault().code(), "request_in_progress");
  EXPECT_GE(Clock::now() - begin, 1'900ms);
  EXPECT_LT(Clock::now() - begin, 5s);
  ASSERT_TRUE(*answer.get());
  EXPECT_EQ(first->reply.status, 201);
  auto repeat = reserve("k");
  ASSERT_TRUE(*ask_for(repeat).get()) << "the key is free again";
  EXPECT_TRUE(repeat->replayed);
  EXPECT_EQ(repeat->reply.body, first->reply.body);
  EXPECT_EQ(ask("select count(*) from reservation"), "1");
}

/// The negative control: what is decided within the time is answered, and another key does not wait for this one's.
TEST_F(InFlightTest, ADuplicateOfAQuickOneGetsItsAnswer) {
  slow_down("0.5");
  auto first = reserve("k"), second = reserve("k"), other = reserve("other");
  auto one = ask_for(first), two = ask_for(second), three = ask_for(other);
  ASSERT_TRUE(*one.get());
  ASSERT_TRUE(*two.get());
  ASSERT_TRUE(*three.get());
  EXPECT_EQ(second->reply.body, first->reply.body);
  EXPECT_NE(second->replayed, first->replayed) << "of all duplicates one is none";
  EXPECT_EQ(ask("select count(*) from reservation"), "2");
}

TEST(KeysInFlightTest, OneIsInUntilItLeaves) {
  KeysInFlight keys;
  ledger::IdempotencyId key{"client", "call", "k"}, other{"client", "another call", "k"};
  EXPECT_TRUE(keys.enter(key));
  EXPECT_FALSE(keys.enter(key));
  EXPECT_TRUE(keys.enter(other));
  keys.leave(key);
  EXPECT_TRUE(keys.enter(key));
}

}  // namespace
}  // namespace crossdock::hub
