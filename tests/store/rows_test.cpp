// Every row type goes into the store and comes back as it was; the schema itself refuses what may not be.
#include "base.hpp"
#include "ledger/render.hpp"
#include "store/follower.hpp"
#include "store/loader.hpp"
#include "store/outbox.hpp"
#include "store/reader.hpp"

namespace crossdock::store {
namespace {

class Rows : public WithStore<Rows> {
 protected:
  World load(const std::vector<Request*>& batch) {
    auto connection = connect();
    std::optional<World> world;
    auto done = postgres::transact(connection, [&](postgres::Transaction& tx) {
      world.emplace(Instant::now(), shared.rules, shared.locations());
      Needs needs;
      DueHolds due({});
      Loader loader(tx, *world, needs, due);
      loader.load(batch);
    });
    EXPECT_TRUE(done) << done.failure().message;
    return std::move(*world);
  }
};

/// Asks for whatever it is told to.
class Look final : public Request {
 public:
  Needs wanted;
  void ask(const World&, Needs& needs) const override { needs.add(wanted); }
  void decide(World&) override {}
};

/// Connecting prepares every statement: one that does not fit the schema fails here.
TEST_F(Rows, every_statement_prepares_and_runs_on_nothing) {
  auto connection = connect();
  auto connected = connection.connect();
  ASSERT_TRUE(connected) << connected.failure().message;
  for (const auto& statement : all_statements()) {
    int parameters = 0;
    for (std::size_t at = statement.sql.find('$'); at != std::string::npos; at = statement.sql.find('$', at + 1))
      parameters = std::max(parameters, std::atoi(statement.sql.c_str() + at + 1));
    auto ran = postgres::transact(connection, [&](postgres::Transaction& tx) -> postgres::Attempt<crossdock::Done> {
      std::vector<postgres::Param> nothing(static_cast<std::size_t>(parameters), postgres::Param(nullptr));
      tx.run_with(statement.name, nothing);
      return postgres::Failure{postgres::FailureKind::other, "", "rolled back on purpose", false};
    });
    ASSERT_FALSE(ran);
    bool refused = ran.failure().sqlstate == "23502";  // a row of nulls: it ran as far as the constraint
    EXPECT_TRUE(refused || ran.failure().message == "rolled back on purpose") << statement.name << ": " << ran.failure().message;
  }
}

TEST_F(Rows, an_order_comes_back_as_it_was_answered) {
  stock({"A", "E"}, 10);
  auto capture = capture_of("S-1", {{"A", qty(4), "E", {}}, {"A", qty(20), "E", Date{20'800}, {12, 1}}}, OnShortage::backorder);
  capture->checked.order.customer_po = "PO\t1 \"x\" \\ ü";
  capture->checked.order.ext = "{\"a\":\n\t[1, 2.50]}";
  capture->checked.credit_counts = true;
  capture->checked.total = Decimal::parse("12.345678").value;
  capture->checked.findings.clear();
  capture->head = head_of(capture->checked.order);
  decide(*capture);
  ASSERT_EQ(capture->reply.status, 201);
  Look look;
  look.wanted.order_ids = {capture->id};
  auto world = load({&look});
  ASSERT_EQ(world.orders.size(), 1U);
  const auto& order = world.orders.at(capture->id);
  EXPECT_EQ(render(order), capture->reply.body);
  EXPECT_EQ(order.fingerprint, capture->content);
  EXPECT_EQ(order.exposure, Decimal::parse("12.345678").value);
  EXPECT_EQ(order.customer_po, capture->checked.order.customer_po);
  EXPECT_EQ(order.lines[1].factor, (Fraction{12, 1}));
  EXPECT_EQ(ask("select amount || currency from pending_exposure where customer = 'C1'"), "12.345678USD");
  auto connection = connect();
  auto read =
      postgres::transact(connection, [&](postgres::Transaction& tx) { return read_orders(tx, {capture->id, "no uuid", new_id()}); });
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(render(read->at(0)), capture->reply.body);
}

TEST_F(Rows, a_reservation_comes_back_as_it_was_answered) {
  stock({"B", "E"}, 10);
  auto reserve = reserve_of({{{"B", "E"}, qty(3), Date{21'000}}, {{"B", "W"}, qty(3), {}}}, ReservationPolicy::per_line);
  reserve->reference = "cart";
  reserve->ext = R"({"x": 1})";
  decide(*reserve);
  ASSERT_EQ(reserve->reply.status, 201);
  auto connection = connect();
  auto read = postgres::transact(connection, [&](postgres::Transaction& tx) { return read_reservations(tx, {reserve->id}); });
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(render(read->at(0)), reserve->reply.body);
  EXPECT_NE(reserve->reply.body.find(R"("ext":{"x": 1})"), std::string::npos);
}

TEST_F(Rows, a_key_comes_back_with_its_bytes_and_headers) {
  stock({"C", "E"}, 10);
  auto first = keyed(capture_of("S-C", {{"C", qty(1), "E", {}}}), "quote ' \" \\ key"),
       again = keyed(capture_of("S-C", {{"C", qty(1), "E", {}}}), "quote ' \" \\ key");
  decide(*first);
  decide(*again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->reply.body, first->reply.body);
  EXPECT_EQ(again->reply.headers, first->reply.headers);
  EXPECT_EQ(again->reply.status, 201);
}

TEST_F(Rows, a_position_with_all_its_columns) {
  PositionKey key{"D", "E"};
  auto first = snapshot_of(key, 3, Decimal::parse("-5.000001").value, Instant{1'700'000'000'123'456}, 2);
  first->event.unavailable = qty(2);
  first->numbering = Numbering::dense;
  auto second = movement_of(key, 7, Decimal::parse("0.5").value, Instant{1'700'000'001'000'000}, 2);
  second->numbering = Numbering::dense;
  decide({first.get(), second.get()});
  db().run("update position set folded_epoch = 2, folded_sequence = 3, folded_until = snap_as_of, folded = 4 where sku = 'D'");
  Look look;
  look.wanted.positions = {key};
  look.wanted.movements_of = {key};
  auto world = load({&look});
  const auto& row = world.positions.at(key);
  EXPECT_EQ(row.profile.on_hand.text(), "-4.500001");
  EXPECT_EQ(row.profile.unavailable, qty(2));
  EXPECT_EQ(row.version, 2);
  EXPECT_EQ(row.owner, "wms");
  EXPECT_EQ(row.snapshot, (Sequence{2, 3}));
  EXPECT_EQ(row.snapshot_id, first->event.id);
  EXPECT_EQ(row.snapshot_as_of, first->event.at);
  EXPECT_EQ(row.last, (Sequence{2, 7}));
  EXPECT_EQ(row.moves, 1);
  EXPECT_TRUE(row.gap_since);
  EXPECT_EQ(row.folded_to, (Sequence{2, 3}));
  EXPECT_EQ(row.folded_until, first->event.at);
  EXPECT_EQ(row.folded, 4);
  ASSERT_EQ(world.movements.size(), 1U);
  EXPECT_EQ(world.movements.begin()->second.id, second->event.id);
}

TEST_F(Rows, shipments_effects_and_warehouse_orders) {
  PositionKey key{"F", "E"};
  stock(key, 20);
  auto capture = capture_of("S-F", {{"F", qty(8), "E", {}}});
  decide(*capture);
  auto ship = ship_of("SH-F", capture->id, "E", {{1, qty(3), {}}}, Instant::now() + 1'000'000);
  auto location = std::make_shared<PutMaster>();
  location->id = {"location", "E"};
  location->body = R"({"code":"E"})";
  decide(*location);
  decide(*ship);
  ASSERT_EQ(ship->reply.status, 201) << (ship->reply.refusal ? ship->reply.refusal->detail : "");
  auto early = movement_of(key, 100, qty(-2), Instant::now());
  early->event.reference = reference_to(ReferenceKind::shipment, "wms", "SH-LATER", 1);
  decide(*early);
  Look look;
  look.wanted.shipments = {{"wms", "SH-F"}};
  look.wanted.awaited_at = look.wanted.early_at = look.wanted.netted_at = look.wanted.promised_at = {key};
  look.wanted.positions = {key};
  auto world = load({&look});
  ASSERT_EQ(world.awaited.size(), 1U);
  EXPECT_EQ(world.awaited[0].quantity, qty(3));
  EXPECT_EQ(world.awaited[0].demand, qty(3));
  EXPECT_EQ(world.shipments.begin()->second.body, ship->reply.body);
  EXPECT_EQ(world.shipments.begin()->second.fingerprint, ship->content);
  ASSERT_EQ(world.early.size(), 1U);
  EXPECT_EQ(world.early.begin()->second.quantity, qty(2));
  ASSERT_EQ(world.orders.size(), 1U) << "the order of an awaited effect is locked too";
  const auto& order = world.orders.begin()->second;
  ASSERT_EQ(order.warehouse_orders.size(), 1U);
  EXPECT_EQ(order.warehouse_orders[0].lines.at(0).shipped, qty(3));
  ASSERT_EQ(world.at_warehouse.at(key).size(), 1U);
  EXPECT_EQ(world.at_warehouse.at(key)[0].quantity, qty(5));
  ASSERT_EQ(world.promised.at(key).size(), 1U);
  EXPECT_EQ(world.promised.at(key)[0].order.order_number, "S-F");
  auto move = movement_of(key, 101, qty(-3), Instant::now());
  move->event.reference = reference_to(ReferenceKind::shipment, "wms", "SH-F", 1);
  decide(*move);
  EXPECT_EQ(ask("select count(*) from awaited_effect"), "0");
  EXPECT_EQ(ask("select consumed from order_line where order_id = '" + capture->id + "'"), "3.000000");
}

TEST_F(Rows, what_waits_and_what_goes_out_keeps_any_bytes) {
  auto event = snapshot_of({"UNKNOWN", "E"}, 1, qty(1), Instant::now());
  event->parents_known = false;
  event->from.record_key = std::string("\0k\xff", 3);
  event->from.headers = {{"h", std::string("\0\xfe", 2)}, {"", ""}};
  event->from.body = std::string("\0not json", 9);
  decide(*event);
  EXPECT_EQ(event->outcome, ledger::Outcome::waiting);
  EXPECT_EQ(ask("select encode(record_key, 'hex') || ' ' || encode(body, 'hex') from waiting"), "006bff 006e6f74206a736f6e");
  EXPECT_EQ(ask("select count(*) from position where sku = 'UNKNOWN'"), "0");
  EXPECT_EQ(unpack(pack(event->from.headers)), event->from.headers);
}

TEST_F(Rows, the_schema_refuses_a_broken_line) {
  stock({"G", "E"}, 10);
  auto capture = capture_of("S-G", {{"G", qty(4), "E", {}}});
  decide(*capture);
  auto connection = connect();
  auto state_of = [&](const std::string& sql) {
    auto done =
        postgres::transact(connection, [&](postgres::Transaction& tx) { tx.execute(sql + " where order_id = '" + capture->id + "'"); });
    return done ? std::string("taken") : done.failure().sqlstate + " " + std::string(name(done.failure().kind));
  };
  EXPECT_EQ(state_of("update order_line set committed = committed + 1"), "23514 data");
  EXPECT_EQ(state_of("update order_line set committed = -1, cancelled = 5"), "23514 data");
  EXPECT_EQ(state_of("update commitment set effected = quantity + 1"), "23514 data");
  EXPECT_EQ(state_of("update order_line set committed = committed - 1, cancelled = 1"), "taken");
}

/// What a change tells other instances is what the rows say, whatever the texts hold.
TEST_F(Rows, a_change_survives_any_text) {
  struct Sink final : ChangeSink {
    std::vector<std::string> seen;
    void position(const promise::PositionKey& key, const promise::PositionValue& value) override {
      seen.push_back(key.sku + "/" + key.location + "/" + std::to_string(value.version) + "/" + value.profile.on_hand.text() + "/" +
                     value.profile.demand.text() + (value.suspect ? "/suspect" : ""));
    }
    void master(const std::string& kind, const std::string& id, std::int64_t version, const std::string& body) override {
      seen.push_back(kind + "/" + id + "/" + std::to_string(version) + "/" + body);
    }
    void stock_feed(const StockFeedRow& row) override {
      seen.push_back(row.location + "/" + row.source + "/" + row.feed + "/" + row.topic);
    }
  };
  World world(Instant::now(), shared.rules, shared.locations());
  PositionRow position;
  position.key = {"A\\1", "E"};
  position.version = 3;
  position.profile.on_hand = qty(5);
  position.profile.demand.add(Date{20'000}, qty(2));
  position.suspect = "a\nreason\twith lines";
  position.mark = Mark::changed;
  world.positions[position.key] = position;
  MasterRow row{{"item", "A"}, 7, "{\"sku\":\"A\",\"ext\":{\n\t\"x\": \"\\\\n\"\r\n}}", Mark::created};
  world.master[row.id] = row;
  world.stock_feeds["E"] = {"E", "wms", "wms.inventory", "t", Instant{5}, Mark::created};
  Sink told, own;
  decode_change(encode_change(world), told);
  hand_over(world, own);
  EXPECT_EQ(told.seen, own.seen);
  EXPECT_EQ(told.seen.size(), 3U);
}

}  // namespace
}  // namespace crossdock::store
