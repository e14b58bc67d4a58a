// PROTOCOLS.md 0, the sealer: each committed entry once, whatever the order of commits; and whoever rewrites the audit is found out.
#include "store/seal.hpp"

#include <random>

#include "base.hpp"
#include "store/audit_verify.hpp"

namespace crossdock::store {
namespace {

using namespace std::chrono_literals;

constexpr const char* insert =
    "insert into journal (at, order_id, system, step, document, actor, detail, correlation_id) values (clock_timestamp(), null, 'hub', "
    "'order.captured', 'webshop/W-1', 'webshop', '', 'c') returning id";

class Sealing : public testing::Test {
 protected:
  void SetUp() override {
    if (!db.there()) GTEST_SKIP() << "set CROSSDOCK_POSTGRES_URL (eval \"$(tools/services up --no-kafka)\") to run this";
  }

  void write(int entries) {
    for (int i = 0; i < entries; ++i) db.run(insert);
  }
  /// Turns until nothing is left; answers where the chain stands.
  AuditHead seal_all(Seal& seal) {
    AuditHead head;
    for (int turns = 0; turns < 10'000; ++turns) {
      auto sealed = seal.turn();
      EXPECT_TRUE(sealed) << sealed.failure().message;
      if (!sealed || !*sealed) break;
      head = (*sealed)->head;
      if (!(*sealed)->more) break;
    }
    return head;
  }
  AuditHead seal_all() {
    Seal seal(db.settings());
    return seal_all(seal);
  }
  AuditFound verify(const std::vector<AuditHead>& heads = {}) {
    auto found = verify_audit(db.settings(), heads);
    EXPECT_TRUE(found) << found.failure().message;
    return found ? *found : AuditFound{};
  }
  void behind_its_back(const std::string& sql) { db.run("set session_replication_role = replica; " + sql); }
  /// What a superuser could make of it who rewrites the chain, too: all links anew over the journal as it is now.
  void rewrite_the_chain() {
    behind_its_back("truncate audit_seal");
    db.run("update audit_head set place = 0, link = decode(repeat('00', 32), 'hex'), seen = '1:1:'");
    seal_all();
  }
  std::int64_t number(const std::string& sql) { return std::stoll(db.ask(sql)); }

  Database db;
};

TEST_F(Sealing, what_was_written_is_sealed_and_holds) {
  write(5);
  const auto head = seal_all();
  EXPECT_EQ(head.place, 5);
  const auto found = verify({head});
  EXPECT_EQ(found.bad, "");
  EXPECT_EQ(found.places, 5);
  EXPECT_EQ(found.unsealed, 0);
  write(1);
  EXPECT_EQ(verify().unsealed, 1) << "it waits, and that is no fault";
  EXPECT_EQ(verify().bad, "");
}

/// Transactions hold their entries back while later ones commit; two sealers take turns, one with small turns that falls behind.
TEST_F(Sealing, each_commit_is_sealed_once_whatever_the_order) {
  constexpr int writers = 6, commits = 60;
  std::atomic<bool> writing{true};
  std::atomic<int> committed{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      postgres::Connection connection(db.settings(), "writer");
      std::mt19937 random(static_cast<unsigned>(w));
      for (int i = 0; i < commits; ++i) {
        const bool give_up = random() % 8 == 0;
        auto done = postgres::transact(connection, [&](postgres::Transaction& tx) -> postgres::Attempt<crossdock::Done> {
          for (unsigned entries = 1 + random() % 3; entries > 0; --entries) tx.execute(insert);
          std::this_thread::sleep_for(std::chrono::milliseconds(random() % 15));
          if (give_up) return postgres::Failure{postgres::FailureKind::other, "", "given up"};
          return crossdock::Done{};
        });
        committed += done ? 1 : 0;
      }
    });
  // The broken variant: it follows the ids, as an outbox that is polled by `id > last` would.
  std::int64_t by_ids = 0, last = 0;
  std::thread sealers[] = {std::thread([&] {
                             Seal seal(db.settings());
                             while (writing) seal_all(seal), std::this_thread::sleep_for(3ms);
                           }),
                           std::thread([&] {
                             Seal seal(db.settings(), 4);
                             while (writing) seal_all(seal), std::this_thread::sleep_for(2ms);
                           }),
                           std::thread([&] {
                             postgres::Connection connection(db.settings(), "ids");
                             while (writing) {
                               auto read = postgres::transact(connection, [&](postgres::Transaction& tx) {
                                 const auto rows =
                                     tx.query("select count(*), coalesce(max(id), $1::int8) from journal where id > $1::int8", last);
                                 by_ids += rows[0].integer(0), last = rows[0].integer(1);
                               });
                               EXPECT_TRUE(read);
                               std::this_thread::sleep_for(1ms);
                             }
                           })};
  for (auto& thread : threads) thread.join();
  writing = false;
  for (auto& thread : sealers) thread.join();
  const auto head = seal_all();
  EXPECT_GT(committed, writers * commits / 2);
  EXPECT_EQ(head.place, number("select count(*) from journal"));
  EXPECT_EQ(number("select count(*) from audit_seal"), head.place);
  const auto found = verify({head});
  EXPECT_EQ(found.bad, "");
  EXPECT_EQ(found.unsealed, 0);
  EXPECT_LT(by_ids, head.place) << "negative control: following ids loses none here, so this test shows nothing";
}

TEST_F(Sealing, while_another_seals_there_is_nothing_to_do) {
  write(3);
  postgres::Connection other(db.settings(), "other");
  auto held = postgres::transact(other, [&](postgres::Transaction& tx) {
    tx.execute("select 1 from audit_head for update");
    Seal seal(db.settings());
    auto turned = seal.turn();
    EXPECT_TRUE(turned);
    EXPECT_FALSE(turned && *turned);
  });
  EXPECT_TRUE(held);
  EXPECT_EQ(seal_all().place, 3);
}

TEST_F(Sealing, goes_on_in_a_database_that_was_restored_elsewhere) {
  write(4);
  seal_all();
  // As after pg_dump and a restore on another server: its transactions are numbered otherwise.
  db.run("update audit_head set server = 'another', seen = '1000000:1000000:'");
  write(3);
  const auto head = seal_all();
  EXPECT_EQ(head.place, 7);
  EXPECT_EQ(verify({head}).bad, "");
  EXPECT_EQ(verify({head}).unsealed, 0);
}

TEST_F(Sealing, nothing_is_changed_or_taken_out_in_passing) {
  write(2);
  seal_all();
  postgres::Connection connection(db.settings(), "hand");
  for (const char* sql : {"update journal set actor = 'x'", "delete from journal", "truncate journal", "delete from audit_seal"}) {
    auto tried = postgres::transact(connection, [&](postgres::Transaction& tx) { tx.execute(sql); });
    ASSERT_FALSE(tried) << sql;
    EXPECT_NE(tried.failure().message.find("keeps what was written"), std::string::npos) << sql << ": " << tried.failure().message;
  }
}

TEST_F(Sealing, negative_controls_whoever_rewrites_it_is_found_out_by_name) {
  write(9);
  const auto head = seal_all();
  const auto third = number("select entry from audit_seal where place = 3"),
             fourth = number("select entry from audit_seal where place = 4");
  auto expect_bad = [&](const std::string& damage, std::int64_t entry, const std::string& words) {
    SCOPED_TRACE(damage);
    db.run(
        "create table if not exists j as table journal; create table if not exists s as table audit_seal; create table if not exists h as "
        "table audit_head");
    behind_its_back(damage);
    const auto found = verify();
    EXPECT_EQ(found.entry, entry);
    EXPECT_NE(found.bad.find(words), std::string::npos) << found.bad;
    behind_its_back(
        "truncate journal; insert into journal overriding system value select * from j; truncate audit_seal; insert into audit_seal select "
        "* "
        "from s; truncate audit_head; insert into audit_head select * from h");
    EXPECT_EQ(verify().bad, "");
  };
  const auto three = std::to_string(third), four = std::to_string(fourth);
  expect_bad("update journal set actor = 'somebody' where id = " + three, third, "not what was sealed");
  expect_bad("update journal set at = at + interval '1 microsecond' where id = " + three, third, "not what was sealed");
  expect_bad("delete from journal where id = " + three, third, "gone from the journal");
  expect_bad("delete from journal where id = " + three + "; delete from audit_seal where entry = " + three, fourth, "place 3 is gone");
  expect_bad("update audit_seal set place = case place when 3 then 4 else 3 end where place in (3, 4)", fourth, "another place");
  expect_bad("update audit_seal set link = decode(repeat('11', 32), 'hex') where place = 4", fourth, "not what was sealed");
  expect_bad("delete from journal where id > " + three + "; delete from audit_seal where place > 3", 0, "came to place 9");
  expect_bad("delete from journal where id > " + three +
                 "; delete from audit_seal where place > 3; update audit_head set place = 3, link = decode(repeat('22', 32), 'hex')",
             0, "own head");
  expect_bad(
      "insert into journal (at, system, step, document, actor, detail, correlation_id, xid) values (now(), 'hub', 'x', '', '', '', '', "
      "'3')",
      number("select max(id) + 1 from journal"), "never sealed");
  EXPECT_EQ(verify({head}).bad, "");
}

/// Where all of the database is made anew, only what was kept elsewhere tells.
TEST_F(Sealing, negative_control_a_chain_made_anew_is_found_out_by_a_head) {
  write(9);
  const auto head = seal_all();
  behind_its_back("update journal set detail = 'never happened' where id = (select entry from audit_seal where place = 3)");
  rewrite_the_chain();
  EXPECT_EQ(verify().bad, "") << "by itself it is a whole chain";
  const auto found = verify({head});
  EXPECT_EQ(found.entry, number("select entry from audit_seal where place = 9"));
  EXPECT_NE(found.bad.find("made anew"), std::string::npos) << found.bad;
}

TEST_F(Sealing, negative_control_an_older_backup_and_another_chain_are_found_out_by_a_head) {
  write(4);
  seal_all();
  db.run("create table j as table journal; create table s as table audit_seal; create table h as table audit_head");
  write(3);
  const auto head = seal_all();
  behind_its_back(
      "truncate journal; insert into journal overriding system value select * from j; truncate audit_seal; insert into audit_seal select * "
      "from "
      "s; truncate audit_head; insert into audit_head select * from h");
  EXPECT_EQ(verify().bad, "");
  EXPECT_NE(verify({head}).bad.find("older backup"), std::string::npos);
  auto strange = head;
  strange.chain = "01990000-0000-7000-8000-000000000001", strange.place = 1;
  EXPECT_NE(verify({strange}).bad.find("is of chain"), std::string::npos);
}

TEST_F(Sealing, entries_of_before_the_chain_are_sealed_in_turns) {
  db.run(
      "insert into journal (at, system, step, document, actor, detail, correlation_id, xid) select now(), 'hub', 'x', n::text, '', '', '', "
      "'3' "
      "from generate_series(1, 25) n");
  Seal seal(db.settings(), 10);
  EXPECT_EQ(seal_all(seal).place, 25);
  write(2);
  EXPECT_EQ(seal_all(seal).place, 27);
  EXPECT_EQ(verify().bad, "");
}

}  // namespace
}  // namespace crossdock::store
