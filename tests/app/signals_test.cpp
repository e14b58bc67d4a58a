#include "app/signals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "observe/log.hpp"

namespace crossdock::app {
namespace {

using namespace std::chrono_literals;

/// A daemon in a process of its own, sent SIGTERM when it says that it serves: its exit code, how long it took, and what it said.
struct Ended {
  int code = -1;
  Clock::duration took{};
  std::string log;
};

Ended ended(const std::function<int(Signals&)>& serve) {
  int ready[2], said[2];
  EXPECT_EQ(pipe(ready), 0);
  EXPECT_EQ(pipe(said), 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(said[1], 2);
    Signals signals;
    log::start({"test", log::Level::info, 2, 64, {}});
    signals.budget(300ms);
    const char byte = 'r';
    if (write(ready[1], &byte, 1) != 1) _exit(99);
    int code = serve(signals);
    log::stop();
    _exit(code);
  }
  close(said[1]);
  char byte = 0;
  EXPECT_EQ(read(ready[0], &byte, 1), 1);
  auto begin = Clock::now();
  kill(child, SIGTERM);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0 && Clock::now() - begin < 20s) std::this_thread::sleep_for(2ms);
  Ended out{WIFEXITED(status) ? WEXITSTATUS(status) : -1, Clock::now() - begin, {}};
  kill(child, SIGKILL);
  char buffer[4096];
  for (ssize_t n = 0; (n = read(said[0], buffer, sizeof buffer)) > 0;) out.log.append(buffer, static_cast<std::size_t>(n));
  for (int fd : {ready[0], ready[1], said[0]}) close(fd);
  return out;
}

TEST(SignalsTest, AStopThatHangsIsEndedByForceAndNamed) {
  auto end = ended([](Signals& signals) {
    while (signals.wait(10s) != Signals::Wanted::end) {
    }
    signals.at("writer orders");
    std::this_thread::sleep_for(60s);
    return 0;
  });
  EXPECT_EQ(end.code, 1);
  EXPECT_GE(end.took, 300ms + Signals::grace);
  EXPECT_LT(end.took, 20s) << "not the minute that it hangs for";
  EXPECT_THAT(end.log, testing::HasSubstr(R"("event":"stop.late")"));
  EXPECT_THAT(end.log, testing::HasSubstr(R"("waiting_for":"writer orders")"));
}

TEST(SignalsTest, AStopInTimeIsLeftAlone) {
  auto end = ended([](Signals& signals) {
    while (signals.wait(10s) != Signals::Wanted::end) {
    }
    std::this_thread::sleep_for(200ms);
    return 7;
  });
  EXPECT_EQ(end.code, 7);
  EXPECT_THAT(end.log, testing::Not(testing::HasSubstr("stop.late")));
}

/// Also one that never looks: a start that hangs in a call is ended as well.
TEST(SignalsTest, AStartThatNeverLooksIsEndedToo) {
  auto end = ended([](Signals&) {
    std::this_thread::sleep_for(60s);
    return 0;
  });
  EXPECT_EQ(end.code, 1);
  EXPECT_THAT(end.log, testing::HasSubstr(R"("waiting_for":"start")"));
}

/// Calls of the database are told when to end, also those of connections that are made later.
TEST(SignalsTest, TheEndIsTheCurfewOfAllConnections) {
  auto end = ended([](Signals& signals) {
    auto before = std::make_shared<postgres::Curfew>(), after = std::make_shared<postgres::Curfew>();
    signals.tell(before);
    while (signals.wait(10s) != Signals::Wanted::end) {
    }
    signals.tell(after);
    for (const auto& curfew : {before, after})
      if (curfew->or_sooner(Deadline::in(10s)).left() > 300ms) return 2;
    return signals.wait(10s) == Signals::Wanted::end ? 0 : 3;  // the end is wanted for ever
  });
  EXPECT_EQ(end.code, 0);
}

TEST(SignalsTest, ReloadIsToldOnceAndTheEndComesFirst) {
  auto end = ended([](Signals& signals) {
    kill(getpid(), SIGHUP);
    bool reload = false;
    for (;;) {
      auto wanted = signals.wait(100ms);
      if (wanted == Signals::Wanted::reload && std::exchange(reload, true)) return 2;
      if (wanted == Signals::Wanted::end) break;
    }
    return 0;
  });
  EXPECT_EQ(end.code, 0);
}

}  // namespace
}  // namespace crossdock::app
