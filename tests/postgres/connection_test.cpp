#include "postgres/connection.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "database.hpp"

namespace crossdock::postgres {
namespace {

using ConnectionTest = WithDatabase;

TEST_F(ConnectionTest, CommitsWhatSucceedsAndRollsBackWhatFails) {
  auto connection = connect();
  ASSERT_TRUE(transact(connection, [](Transaction& t) { t.execute("create table a (x int primary key)"); }));
  const auto count = transact(connection, [](Transaction& t) {
    t.query("insert into a values ($1)", 1);
    return t.query("insert into a select generate_series(2, 4)").affected();
  });
  ASSERT_TRUE(count) << count.failure().message;
  EXPECT_EQ(*count, 3U);

  const auto duplicate = transact(connection, [](Transaction& t) {
    t.query("insert into a values (9)");
    t.query("insert into a values (1)");
  });
  ASSERT_FALSE(duplicate);
  EXPECT_EQ(duplicate.failure().kind, FailureKind::data);
  EXPECT_EQ(duplicate.failure().sqlstate, "23505");

  const auto own = transact(connection, [](Transaction& t) -> Attempt<int> {
    t.query("insert into a values (10)");
    return Failure{FailureKind::data, "", "the decision says no", false};
  });
  ASSERT_FALSE(own);
  EXPECT_EQ(own.failure().message, "the decision says no");

  const auto thrown = transact(connection, [](Transaction& t) {
    t.query("insert into a values (11)");
    throw std::runtime_error("a bug");
  });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.failure().kind, FailureKind::other);
  EXPECT_EQ(ask("select string_agg(x::text, ',' order by x) from a"), "1,2,3,4");
  EXPECT_EQ(connection.connects(), 1) << "none of these costs a connection";
}

TEST_F(ConnectionTest, AFailureThatTheWorkSwallowsCannotCommit) {
  auto connection = connect();
  ASSERT_TRUE(transact(connection, [](Transaction& t) { t.execute("create table a (x int primary key)"); }));
  const auto done = transact(connection, [](Transaction& t) {
    t.query("insert into a values (1)");
    try {
      t.query("insert into a values (1)");
    } catch (const Error&) {
    }
    EXPECT_THROW(t.query("select 1"), Error) << "no statement after a failed one";
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(ask("select count(*) from a"), "0");
}

TEST_F(ConnectionTest, ATransactionInsideAnotherOnTheSameConnectionIsRefusedAndTheOuterOneGoesOn) {
  auto connection = connect();
  const auto outer = transact(connection, [&](Transaction& t) {
    t.execute("create table a (x int)");
    const auto inner = transact(connection, [](Transaction& u) { u.execute("select 1"); });
    EXPECT_FALSE(inner);
    EXPECT_EQ(inner.failure().kind, FailureKind::other);
    t.execute("insert into a values (1)");
  });
  ASSERT_TRUE(outer) << outer.failure().message;
  EXPECT_EQ(ask("select count(*) from a"), "1");
}

TEST_F(ConnectionTest, PreparedStatementsTakeEveryTypeAndSurviveAReconnect) {
  auto connection = connect({{"echo", "select $1::text, $2::int8, $3::numeric, $4::date, $5::timestamptz, $6::bool, $7::bytea, $8::text"},
                             {"none", "select 1 where false"}});
  const std::string text = "it's \"quoted\" \\ {a,b} \xc3\xa9 NULL";
  const auto bytes = std::string("\0\x01\xff\\", 4);
  const auto at = Instant::parse("2026-11-23T10:00:00.123456Z").value();
  const auto check = [&](Transaction& t) {
    const auto rows = t.run("echo", text, std::int64_t{-9'000'000'000'000'000'000}, Decimal::parse("-12.500001").value,
                            Date::parse("2026-02-28").value(), at, true, Bytes{bytes}, std::optional<std::string>());
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0][0], text);
    EXPECT_EQ(rows[0].integer(1), -9'000'000'000'000'000'000);
    EXPECT_EQ(rows[0].decimal(2).text(), "-12.500001");
    EXPECT_EQ(rows[0].date(3).text(), "2026-02-28");
    EXPECT_EQ(rows[0].instant(4), at);
    EXPECT_TRUE(rows[0].boolean(5));
    EXPECT_EQ(rows[0].bytes(6), bytes);
    EXPECT_TRUE(rows[0].is_null(7));
    EXPECT_EQ(rows[0].maybe_text(7), std::nullopt);
    EXPECT_TRUE(t.run("none").empty());
  };
  const auto first = transact(connection, check);
  ASSERT_TRUE(first) << first.failure().message;
  const int pid = connection.backend_pid();
  run("select pg_terminate_backend(" + std::to_string(pid) + ")");
  const auto lost = transact(connection, check);
  if (!lost) {
    EXPECT_EQ(lost.failure().kind, FailureKind::lost) << lost.failure().message;
  }
  const auto again = transact(connection, check);
  ASSERT_TRUE(again) << again.failure().message;
  EXPECT_EQ(connection.connects(), 2);
}

TEST_F(ConnectionTest, AnInstantIsReadInAnySessionTimeZone) {
  auto connection = connect();
  const auto at = Instant::parse("2026-07-01T23:30:00.5Z").value();
  for (const std::string zone : {"UTC", "Asia/Kolkata", "America/St_Johns", "America/Los_Angeles"}) {
    const auto done = transact(connection, [&](Transaction& t) {
      t.execute("set local timezone = '" + zone + "'");
      EXPECT_EQ(t.query("select $1::timestamptz", at)[0].instant(0), at) << zone;
    });
    ASSERT_TRUE(done) << done.failure().message;
  }
  const auto bad = transact(connection, [](Transaction& t) { return t.execute("select 'infinity'::timestamptz")[0].instant(0).micros; });
  EXPECT_FALSE(bad) << "infinity is no instant";
}

TEST_F(ConnectionTest, ReadingAColumnAsWhatItIsNotIsAFailureAndNoCrash) {
  auto connection = connect();
  const std::vector<std::function<void(const Row&)>> wrong{
      [](const Row& r) { static_cast<void>(r.integer(0)); }, [](const Row& r) { static_cast<void>(r.decimal(0)); },
      [](const Row& r) { static_cast<void>(r.date(0)); },    [](const Row& r) { static_cast<void>(r.instant(0)); },
      [](const Row& r) { static_cast<void>(r.bytes(0)); },   [](const Row& r) { static_cast<void>(r.boolean(0)); },
      [](const Row& r) { static_cast<void>(r.text(7)); },    [](const Row& r) { static_cast<void>(r.integer(1)); },
  };
  for (const auto& read : wrong) {
    const auto done = transact(connection, [&](Transaction& t) { read(t.execute("select 'words'::text, null::int")[0]); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.failure().kind, FailureKind::other);
  }
}

TEST_F(ConnectionTest, AZeroCharacterIsADataFailureAndNotACutText) {
  auto connection = connect();
  const std::string text("ab\0cd", 5);
  const auto done = transact(connection, [&](Transaction& t) { return t.query("select length($1::text)", text)[0].integer(0); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.failure().kind, FailureKind::data);
  EXPECT_EQ(done.failure().sqlstate, "22021");
  const auto array = transact(connection, [&](Transaction& t) {
    TextArray column;
    column.add("fine").add(text);
    return t.query("select cardinality($1::text[])", column)[0].integer(0);
  });
  ASSERT_FALSE(array);
  EXPECT_EQ(array.failure().sqlstate, "22021");
}

TEST_F(ConnectionTest, LocksAndDeadlocksAreWorthRepeating) {
  auto one = connect(), two = connect();
  ASSERT_TRUE(transact(one, [](Transaction& t) { t.execute("create table a (x int primary key); insert into a values (1), (2)"); }));
  auto impatient_settings = settings();
  impatient_settings.lock_timeout = 100ms;
  Connection impatient(impatient_settings, "impatient");
  const auto held = transact(one, [&](Transaction& t) {
    t.execute("select * from a where x = 1 for update");
    const auto waited = transact(impatient, [](Transaction& u) { u.execute("select * from a where x = 1 for update"); });
    ASSERT_FALSE(waited);
    EXPECT_EQ(waited.failure().sqlstate, "55P03");
    EXPECT_EQ(waited.failure().kind, FailureKind::retry);
  });
  ASSERT_TRUE(held);

  std::atomic<int> ready{0};
  const auto cross = [&](Connection& connection, int first, int second) {
    return transact(connection, [&](Transaction& t) {
      t.query("select * from a where x = $1 for update", first);
      for (++ready; ready < 2;) std::this_thread::sleep_for(1ms);
      t.query("select * from a where x = $1 for update", second);
    });
  };
  std::optional<Attempt<Done>> other;
  std::thread thread([&] { other = cross(two, 2, 1); });
  const auto mine = cross(one, 1, 2);
  thread.join();
  ASSERT_NE(static_cast<bool>(mine), static_cast<bool>(*other)) << "one of the two is the victim";
  const auto& victim = mine ? other->failure() : mine.failure();
  EXPECT_EQ(victim.sqlstate, "40P01");
  EXPECT_EQ(victim.kind, FailureKind::retry);
}

TEST_F(ConnectionTest, AConnectionCutInTheMiddleIsLostAndTheWorkCanBeDoneAgain) {
  auto connection = connect();
  ASSERT_TRUE(transact(connection, [](Transaction& t) { t.execute("create table a (x int primary key)"); }));
  int attempts = 0;
  const auto work = [&](Transaction& t) {
    t.execute("insert into a values (1)");
    if (++attempts == 1) run("select pg_terminate_backend(" + std::to_string(connection.backend_pid()) + ")");
    t.execute("insert into a values (2)");
  };
  const auto lost = transact(connection, work);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.failure().kind, FailureKind::lost) << lost.failure().sqlstate << lost.failure().message;
  EXPECT_FALSE(lost.failure().in_doubt) << "COMMIT was not sent";
  EXPECT_FALSE(connection.open());
  ASSERT_TRUE(transact(connection, work));
  EXPECT_EQ(ask("select count(*) from a"), "2");
}

TEST_F(ConnectionTest, AConnectionCutAtCommitIsInDoubt) {
  auto connection = connect();
  ASSERT_TRUE(transact(connection, [](Transaction& t) { t.execute("create table a (x int)"); }));
  const auto lost = transact(connection, [&](Transaction& t) {
    t.execute("insert into a values (1)");
    run("select pg_terminate_backend(" + std::to_string(connection.backend_pid()) + ")");
    std::this_thread::sleep_for(100ms);
  });
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.failure().kind, FailureKind::lost);
  EXPECT_TRUE(lost.failure().in_doubt) << "nobody can know without looking";
}

TEST_F(ConnectionTest, ADeferredConstraintThatFailsAtCommitIsDataAndNotInDoubt) {
  auto connection = connect();
  ASSERT_TRUE(transact(connection, [](Transaction& t) {
    t.execute("create table p (x int primary key); create table c (x int references p deferrable initially deferred)");
  }));
  const auto refused = transact(connection, [](Transaction& t) { t.execute("insert into c values (5)"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.failure().kind, FailureKind::data) << refused.failure().message;
  EXPECT_FALSE(refused.failure().in_doubt);
  EXPECT_TRUE(transact(connection, [](Transaction& t) { t.execute("insert into p values (5); insert into c values (5)"); }));
}

// The server is stopped but its kernel answers: neither statement_timeout nor tcp_user_timeout helps.
TEST_F(ConnectionTest, AServerThatSaysNothingIsLostWithinTheLimit) {
  auto limited = settings();
  limited.answer_timeout = 500ms;
  Connection connection(limited, "test");
  ASSERT_TRUE(connection.connect());
  const int pid = connection.backend_pid();
  if (::kill(pid, SIGSTOP) != 0) GTEST_SKIP() << "the server runs elsewhere or as another user: its process cannot be stopped from here";
  const auto begin = Clock::now();
  const auto lost = transact(connection, [](Transaction& t) { t.execute("select 1"); });
  ::kill(pid, SIGCONT);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.failure().kind, FailureKind::lost) << lost.failure().message;
  EXPECT_LT(Clock::now() - begin, 5s);
  EXPECT_TRUE(transact(connection, [](Transaction& t) { t.execute("select 1"); }));
}

TEST_F(ConnectionTest, TheSessionRunsUnderItsLimits) {
  auto mine = settings();
  mine.statement_timeout = 200ms;
  mine.lock_timeout = 1'500ms;
  Connection connection(mine, "limits");
  const auto done = transact(connection, [](Transaction& t) {
    EXPECT_EQ(t.execute("show statement_timeout")[0][0], "200ms");
    EXPECT_EQ(t.execute("show lock_timeout")[0][0], "1500ms");
    EXPECT_EQ(t.execute("show idle_in_transaction_session_timeout")[0][0], "30s");
    EXPECT_EQ(t.execute("show application_name")[0][0], "crossdock/limits");
    EXPECT_EQ(t.execute("show transaction_isolation")[0][0], "read committed");
    t.execute("select pg_sleep(2)");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.failure().sqlstate, "57014");
  EXPECT_EQ(done.failure().kind, FailureKind::retry);
}

TEST_F(ConnectionTest, RepeatableReadSeesOneStateAndWritesNothing) {
  auto reader = connect(), writer = connect();
  ASSERT_TRUE(transact(writer, [](Transaction& t) { t.execute("create table a (x int); insert into a values (1)"); }));
  const auto counts = transact(
      reader,
      [&](Transaction& t) {
        const auto before = t.execute("select count(*) from a")[0].integer(0);
        EXPECT_TRUE(transact(writer, [](Transaction& u) { u.execute("insert into a values (2)"); }));
        return std::pair(before, t.execute("select count(*) from a")[0].integer(0));
      },
      Isolation::repeatable_read_read_only);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->first, 1);
  EXPECT_EQ(counts->second, 1);
  const auto write = transact(reader, [](Transaction& t) { t.execute("insert into a values (3)"); }, Isolation::repeatable_read_read_only);
  EXPECT_FALSE(write);
}

TEST_F(ConnectionTest, AStatementThatDoesNotFitTheSchemaIsFoundWhenConnecting) {
  auto connection = connect({{"bad", "select no_such_column from pg_class"}});
  const auto connected = connection.connect();
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.failure().sqlstate, "42703");
  EXPECT_FALSE(connection.open());
}

TEST(BackoffTest, GrowsToItsCapAndStartsAnew) {
  Backoff backoff(100ms, 1s);
  std::chrono::milliseconds largest{0};
  for (int i = 0; i < 200; ++i) {
    const auto wait = backoff.next();
    EXPECT_GE(wait, 50ms);
    EXPECT_LE(wait, 1s);
    largest = std::max(largest, wait);
  }
  EXPECT_GT(largest, 500ms);
  backoff.reset();
  EXPECT_LE(backoff.next(), 100ms);
}

TEST(ConnectionOutageTest, NobodyThereIsLostAtOnce) {
  Settings settings;
  settings.connection = "postgresql://nobody@127.0.0.1:1/none";
  Connection connection(settings, "test");
  const auto done = transact(connection, [](Transaction& t) { t.execute("select 1"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.failure().kind, FailureKind::lost);
}

/// A server that takes the connection and then says nothing: the attempt to connect lasts as long as its limit, or until a stop cuts it.
TEST(ConnectionOutageTest, AnAttemptToConnectIsCutByTheCurfew) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  Settings settings;
  settings.connection = "host=127.0.0.1 dbname=none user=nobody port=" + std::to_string(ntohs(address.sin_port));
  settings.connect_timeout = 3s;
  const auto lasts = [&](std::chrono::milliseconds curfew_after) {
    settings.curfew = std::make_shared<Curfew>();
    Connection connection(settings, "test");
    std::thread stop([&] {
      std::this_thread::sleep_for(300ms);
      settings.curfew->set(Deadline::in(curfew_after));
    });
    const auto begin = Clock::now();
    const auto connected = connection.connect();
    const auto took = Clock::now() - begin;
    stop.join();
    EXPECT_FALSE(connected);
    EXPECT_EQ(connected.failure().kind, FailureKind::lost);
    return took;
  };
  EXPECT_LT(lasts(0ms), 2s);
  const auto uncut = lasts(1h);
  EXPECT_GE(uncut, 2'900ms) << "the negative control: nothing cuts it before its own limit";
  EXPECT_LT(uncut, 10s);
  ::close(listener);
}

}  // namespace
}  // namespace crossdock::postgres
