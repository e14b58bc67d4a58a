// Every folder under cases is a test: the steps of in.json are decided one after the other, what want.json names must have come out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../support/cases.hpp"
#include "asks.hpp"
#include "books.hpp"
#include "ledger/render.hpp"

namespace crossdock::ledger {
namespace {

using cases::matches;
using cases::read;
using nlohmann::json;
namespace fs = std::filesystem;

Decimal decimal_in(const json& object, const char* name) {
  return object.contains(name) ? Decimal::parse(object[name].get<std::string>()).value : Decimal();
}

/// "+3" is three days from today; of an instant, as many seconds from now.
std::int64_t ahead(const json& text) { return std::stoll(text.get<std::string>()); }

class Play {
 public:
  explicit Play(const json& in) {
    for (const auto& entry : in["stock"]) put_stock(entry);
    if (in.contains("release_automatically")) books.rules.release_automatically = in["release_automatically"];
    for (const auto& step : in["steps"]) take(step);
  }

  json outcome() {
    json out;
    out["replies"] = replies;
    out["invariant"] = books.broken_invariant();
    for (const auto& [id, order] : books.orders) {
      out["orders"][order.order_number] = days(json::parse(render(order)));
      out["warehouse_orders"][order.order_number] = days(json::parse(render_warehouse_orders(order))["items"]);
    }
    for (const auto& [key, row] : books.positions) {
      auto& at = out["positions"][key.sku + "@" + key.location];
      at["on_hand"] = row.profile.on_hand.text();
      at["atp"] = books.atp(key).text();
      at["version"] = row.version;
      at["demand"] = json::object();
      for (const auto& [date, quantity] : row.profile.demand.entries())
        at["demand"]["+" + std::to_string(date - books.today())] = quantity.text();
    }
    for (const auto& [name, id] : holds)
      if (books.reservations.contains(id)) out["reservations"][name] = days(json::parse(render(books.reservations.at(id))));
    for (const auto& event : books.outgoing) {
      auto& count =
          out["published"][event.topic.substr(books.rules.topic_prefix.size(), event.topic.size() - books.rules.topic_prefix.size() - 3)];
      count = count.is_null() ? 1 : count.get<int>() + 1;
    }
    return out;
  }

 private:
  Books books;
  json replies = json::array();
  std::map<std::string, std::string> orders, holds;

  std::optional<Date> day_in(const json& object, const char* name) const {
    if (!object.contains(name)) return {};
    return books.today() + static_cast<int>(ahead(object[name]));
  }
  Instant at_in(const json& object) const { return books.now + (object.contains("at") ? ahead(object["at"]) : 0) * 1'000'000; }

  /// Dates as days from today, so that a case says what it means.
  json days(json value) const {
    if (value.is_structured())
      for (auto& part : value) part = days(part);
    else if (value.is_string() && value.get_ref<const std::string&>().size() == 10)
      if (auto date = Date::parse(value.get_ref<const std::string&>())) return "+" + std::to_string(*date - books.today());
    return value;
  }

  void put_stock(const json& entry) {
    PositionRow row;
    row.key = {entry["sku"], entry["location"]};
    row.profile.on_hand = decimal_in(entry, "on_hand");
    row.profile.unavailable = decimal_in(entry, "unavailable");
    row.profile.safety_stock = decimal_in(entry, "safety_stock");
    const json supply = entry.value("supply", json::object());
    for (const auto& [date, quantity] : supply.items())
      row.profile.supply.add(books.today() + std::stoi(date), Decimal::parse(quantity.get<std::string>()).value);
    row.owner = "wms";
    books.positions[row.key] = row;
  }

  void decide(Request& request) {
    books.decide(request);
    json reply{{"status", request.reply.status}};
    if (request.reply.refusal) {
      reply["code"] = request.reply.refusal->code;
      for (const auto& error : request.reply.refusal->errors) reply["errors"].push_back({{"pointer", error.pointer}, {"code", error.code}});
    }
    replies.push_back(reply);
  }

  void capture(const json& step) {
    std::vector<WantLine> lines;
    for (const auto& line : step["lines"]) {
      std::optional<std::string> location;
      if (line.contains("location")) location = line["location"].get<std::string>();
      lines.push_back({line["sku"], decimal_in(line, "quantity"), location, day_in(line, "date"), {line.value("factor", 1), 1}});
    }
    std::optional<std::string> hold;
    if (step.contains("reservation")) hold = holds.at(step["reservation"]);
    auto request = capture_of(step["number"], lines, *parse_word<OnShortage>(step.value("on_shortage", "reject")), hold);
    request->checked.order.ship_complete = step.value("ship_complete", false);
    request->head = head_of(request->checked.order);
    if (step.contains("finding")) {
      Finding finding;
      finding.code = step["finding"];
      finding.severity = Severity::hold;
      request->checked.findings.push_back(finding);
    }
    orders[step["number"]] = request->id;
    decide(*request);
  }

  void reserve(const json& step) {
    std::vector<std::tuple<PositionKey, Decimal, std::optional<Date>>> lines;
    for (const auto& line : step["lines"])
      lines.emplace_back(PositionKey{line["sku"], line["location"]}, decimal_in(line, "quantity"), day_in(line, "date"));
    auto request = reserve_of(lines, *parse_word<ReservationPolicy>(step.value("policy", "all_or_nothing")),
                              std::chrono::seconds(step.value("ttl", 900)));
    holds[step["name"]] = request->id;
    decide(*request);
  }

  void ship(const json& step) {
    std::vector<ShipWant> lines;
    for (const auto& line : step["lines"]) {
      std::optional<ShipDisposition> disposition;
      if (line.contains("disposition")) disposition = *parse_word<ShipDisposition>(line["disposition"].get<std::string>());
      lines.push_back({line["line"], decimal_in(line, "quantity"), disposition});
    }
    auto request = ship_of(step["number"], orders.at(step["order"]), step["location"], lines, at_in(step));
    request->effect = *parse_word<ShipEffect>(step.value("effect", "movement"));
    if (step.contains("warehouse_order"))
      request->document.warehouse_order =
          books.orders.at(orders.at(step["order"])).warehouse_orders.at(step["warehouse_order"].get<std::size_t>()).id;
    decide(*request);
  }

  void stock_event(const json& step) {
    PositionKey key{step["sku"], step["location"]};
    auto request = step["do"] == "snapshot" ? snapshot_of(key, step["sequence"], decimal_in(step, "on_hand"), at_in(step))
                                            : movement_of(key, step["sequence"], decimal_in(step, "delta"), at_in(step));
    request->event.netted = *parse_word<Netted>(step.value("netted", "none"));
    if (step.contains("shipment"))
      request->event.reference = reference_to(ReferenceKind::shipment, "wms", step["shipment"], step.value("line", 1));
    decide(*request);
    replies.back() = {{"outcome", to_text(request->outcome)}};
  }

  template <class T>
  void transition(const json& step) {
    T request;
    request.id = orders.at(step["order"]);
    request.precondition.given = request.precondition.any = true;
    if constexpr (!std::is_same_v<T, ReleaseOrder>) request.code = step["code"];
    decide(request);
  }

  template <class T>
  void hold_change(const json& step) {
    T request;
    request.id = holds.at(step["name"]);
    decide(request);
  }

  void take(const json& step) {
    const std::string what = step["do"];
    if (what == "capture") return capture(step);
    if (what == "reserve") return reserve(step);
    if (what == "ship") return ship(step);
    if (what == "snapshot" || what == "movement") return stock_event(step);
    if (what == "hold") return transition<PutHold>(step);
    if (what == "lift") return transition<LiftHold>(step);
    if (what == "release") return transition<ReleaseOrder>(step);
    if (what == "extend") return hold_change<ExtendReservation>(step);
    if (what == "give_back") return hold_change<ReleaseReservation>(step);
    if (what == "pass") {
      books.now = books.now + step["seconds"].get<std::int64_t>() * 1'000'000;
      return;
    }
    ASSERT_EQ(what, "sweep") << "no such step";
    ReleaseDue due;
    for (const auto& [number, id] : orders) due.ids.push_back(id);
    books.decide(due);
    ExpireReservations expire;
    for (const auto& [name, id] : holds) expire.ids.push_back(id);
    books.decide(expire);
  }
};

std::vector<std::string> folders() { return cases::folders("ledger"); }

class Case : public testing::TestWithParam<std::string> {};

TEST_P(Case, gives_what_is_wanted) {
  auto want = read(GetParam() + "/want.json");
  want["invariant"] = "";
  ASSERT_GE(want.size(), 3U) << "a case says the replies and what became of it";
  auto got = Play(read(GetParam() + "/in.json")).outcome();
  std::string difference;
  EXPECT_TRUE(matches(want, got, "", difference)) << difference << "\n" << got.dump(1);
}

std::string name_of(const testing::TestParamInfo<std::string>& info) { return fs::path(info.param).filename().string(); }

INSTANTIATE_TEST_SUITE_P(Ledger, Case, testing::ValuesIn(folders()), name_of);

TEST(Cases, negative_control_a_wrong_want_fails) {
  auto folder = folders().front();
  auto got = Play(read(folder + "/in.json")).outcome();
  auto want = read(folder + "/want.json");
  std::string difference;
  EXPECT_TRUE(matches(want, got, "", difference)) << difference;
  want["replies"][0]["status"] = 418;
  EXPECT_FALSE(matches(want, got, "", difference));
  EXPECT_FALSE(matches(json{{"positions", {{"A@E", {{"atp", "77"}}}}}}, got, "", difference));
  EXPECT_FALSE(matches(json{{"absent", nullptr}, {"there", 1}}, json{{"there", 2}}, "", difference)) << "what follows an absent one counts";
  EXPECT_FALSE(matches(json{{"positions", {{"nothing", {{"atp", "77"}}}}}}, got, "", difference));
}

}  // namespace
}  // namespace crossdock::ledger
