// CloudEvents: what goes out is what comes in, and what is taken of others.
#include "crossdock/model/envelope.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crossdock/base/json.hpp"
#include "crossdock/model/codec.hpp"
#include "crossdock/model/incoming.hpp"
#include "crossdock/model/trace.hpp"

namespace crossdock {
namespace {

Event sample() {
  Event event;
  event.id = "0192f0c1-0000-7000-8000-000000000001";
  event.type = "crossdock.order.captured.v1";
  event.source = "/crossdock";
  event.subject = "0192f0c1-0000-7000-8000-00000000000a";
  event.time = Instant::parse("2026-11-23T10:00:00.123Z");
  event.dataschema = dataschema_of(event.type);
  event.correlationid = "c-1";
  event.causationid = "c-0";
  event.sequence = "1";
  event.partitionkey = event.subject;
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  event.body = R"({"id":"x"})";
  return event;
}

std::string header(const RecordHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return "(absent)";
}

std::string code_of(const Result<Event>& event) { return event ? "taken" : event.fault().code(); }

TEST(Envelope, WritesTheHeadersOfTheContract) {
  const RecordHeaders headers = headers_of(sample());
  EXPECT_EQ(header(headers, "content-type"), "application/json");
  EXPECT_EQ(header(headers, "ce_specversion"), "1.0");
  EXPECT_EQ(header(headers, "ce_time"), "2026-11-23T10:00:00.123Z");
  EXPECT_EQ(header(headers, "ce_dataschema"), "urn:crossdock:schema:order:v1");
  EXPECT_EQ(header(headers, "traceparent"), sample().traceparent);
  EXPECT_EQ(headers.size(), 13U);
}

TEST(Envelope, ReadsWhatItWrites) {
  const Event event = sample();
  const auto read = decode_cloudevent(headers_of(event), event.partitionkey, event.body);
  ASSERT_TRUE(read) << read.fault().message();
  EXPECT_EQ(*read, event);
}

TEST(Envelope, TakesAStructuredEventThatDoesNotSayThatItIsOne) {
  const std::string body = R"({"specversion":"1.0","id":"1","type":"crossdock.shipment.v1","source":"/w","data":{"a":1}})";
  for (const RecordHeaders& headers : {RecordHeaders{}, RecordHeaders{{"content-type", "application/json"}}}) {
    const auto read = decode_cloudevent(headers, "k", body);
    ASSERT_TRUE(read) << read.fault().message();
    EXPECT_EQ(read->type, "crossdock.shipment.v1");
    EXPECT_EQ(read->body, R"({"a":1})");
    EXPECT_EQ(read->partitionkey, "k");
  }
  const std::string mentions = R"({"ext":{"specversion":"1.0"}})";
  EXPECT_EQ(decode_cloudevent({}, "k", mentions)->body, mentions) << "a bare body that only has the word";
}

TEST(Envelope, TakesABareBodyWithTheTypeOfTheFeed) {
  const auto read = decode_cloudevent({{"traceparent", "t"}, {"other", ""}}, "k", "{}", "crossdock.shipment.v1");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, "crossdock.shipment.v1");
  EXPECT_EQ(read->id, "");
  EXPECT_EQ(read->partitionkey, "k");
  EXPECT_EQ(read->body, "{}");
  EXPECT_TRUE(decode_cloudevent({{"content-type", "application/json; charset=utf-8"}}, "", "{}"));
}

TEST(Envelope, TakesAStructuredRecord) {
  const RecordHeaders headers{{"Content-Type", "application/cloudevents+json; charset=UTF-8"}};
  const auto read = decode_cloudevent(headers, "k",
                                      R"({"specversion":"1.0","id":"1","type":"t","source":"s","sequence":7,"time":"2026-11-23T10:00:00Z",)"
                                      R"("theirs":true,"subject":null,"data":{"n": 1.10}})");
  ASSERT_TRUE(read) << read.fault().message();
  EXPECT_EQ(read->sequence, "7");
  EXPECT_EQ(read->body, R"({"n": 1.10})");
  EXPECT_EQ(read->partitionkey, "k");
  const auto encoded =
      decode_cloudevent(headers, "", R"({"specversion":"1.0","id":"1","type":"t","source":"s","data_base64":"eyJhIjoxfQ=="})");
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->body, R"({"a":1})");
}

TEST(Envelope, RefusesWithAReason) {
  const RecordHeaders good{{"ce_specversion", "1.0"}, {"ce_id", "1"}, {"ce_type", "t"}, {"ce_source", "s"}};
  const auto with = [&](RecordHeaders more) {
    RecordHeaders headers = good;
    headers.insert(headers.end(), more.begin(), more.end());
    return code_of(decode_cloudevent(headers, "", "{}"));
  };
  EXPECT_EQ(with({}), "taken");
  EXPECT_EQ(with({{"ce_id", "2"}}), "bad_cloudevent");
  EXPECT_EQ(with({{"ce_time", "yesterday"}}), "bad_cloudevent");
  EXPECT_EQ(with({{"ce_subject", ""}}), "bad_cloudevent");
  EXPECT_EQ(with({{"ce_subject", std::string("a\0b", 3)}}), "bad_cloudevent");
  EXPECT_EQ(with({{"ce_subject", "\xff"}}), "bad_cloudevent");
  EXPECT_EQ(with({{"ce_subject", std::string(5000, 'x')}}), "bad_cloudevent");
  EXPECT_EQ(with({{"content-type", "text/xml"}}), "bad_content_type");
  EXPECT_EQ(with({{"content-type", "application/cloudevents-batch+json"}}), "bad_content_type");
  EXPECT_EQ(code_of(decode_cloudevent({{"ce_id", "1"}}, "", "{}")), "bad_cloudevent");
  EXPECT_EQ(code_of(decode_cloudevent(good, "", std::nullopt)), "empty_record");
  EXPECT_EQ(code_of(decode_cloudevent(good, "", "")), "empty_record");
  for (std::size_t i = 0; i < good.size(); ++i) {
    RecordHeaders less = good;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(code_of(decode_cloudevent(less, "", "{}")), "bad_cloudevent") << good[i].first;
  }
}

TEST(Envelope, RefusesStructuredRecordsWithAReason) {
  const auto code = [](std::string_view value) {
    return code_of(decode_cloudevent({{"content-type", "application/cloudevents+json"}}, "", value));
  };
  const std::string head = R"({"specversion":"1.0","id":"1","type":"t","source":"s")";
  EXPECT_EQ(code(head + R"(,"data":1})"), "taken");
  EXPECT_EQ(code(head + "}"), "bad_cloudevent");
  EXPECT_EQ(code(head + R"(,"data":1)"), "bad_cloudevent");
  EXPECT_EQ(code(head + R"(,"id":"1","data":1})"), "bad_cloudevent");
  EXPECT_EQ(code(head + R"(,"subject":1,"data":1})"), "bad_cloudevent");
  EXPECT_EQ(code(head + R"(,"data_base64":"e*=="})"), "bad_cloudevent");
  EXPECT_EQ(code(head + R"(,"data_base64":7})"), "bad_cloudevent");
  EXPECT_EQ(code(head + R"(,"data_base64":""})"), "bad_cloudevent");
  EXPECT_EQ(code(R"({"specversion":"0.3","id":"1","type":"t","source":"s","data":1})"), "bad_cloudevent");
  EXPECT_EQ(code("[]"), "bad_cloudevent");
}

TEST(EventTypes, AreThoseOfTheContract) {
  std::set<std::string_view> types;
  for (const auto& type : published_types()) types.insert(type.type);
  EXPECT_EQ(types.size(), 24U);
  EXPECT_TRUE(types.contains("crossdock.inventory.adjusted.v1"));
  const auto documents = canonical_documents();
  for (const auto& list : {published_types(), consumed_types()})
    for (const auto& type : list) {
      const auto found =
          std::find_if(documents.begin(), documents.end(), [&](const auto& document) { return document.name == type.document; });
      ASSERT_NE(found, documents.end()) << type.type << " has no schema";
      EXPECT_EQ(found->shape, type.shape) << type.type;
    }
  EXPECT_EQ(dataschema_of("crossdock.unheard.v1"), "");
}

TEST(Incoming, IsDecodedByItsTypeOrItsMembers) {
  const std::string movement =
      R"("id":"1","source":"w","location":"L","sku":"A","sequence":"7","occurred_at":"2026-11-23T10:00:00Z","delta":-1})";
  const auto kind_known = decode_incoming("crossdock.inventory.movement.v1", "{" + movement);
  ASSERT_EQ(kind_known.index(), 0U);
  const auto& event = std::get<InventoryEvent>(std::get<0>(kind_known));
  EXPECT_EQ(event.kind, InventoryKind::movement);
  EXPECT_EQ(event.sequence, 7);
  const auto by_member = decode_incoming("", R"({"kind":"movement",)" + movement);
  ASSERT_EQ(by_member.index(), 0U);
  EXPECT_EQ(std::get<InventoryEvent>(std::get<0>(by_member)), event);

  const auto other_kind = decode_incoming("crossdock.inventory.movement.v1", R"({"kind":"snapshot",)" + movement);
  ASSERT_EQ(other_kind.index(), 1U);
  EXPECT_EQ(std::get<1>(other_kind).front().pointer, "/kind");

  const auto shipment = decode_incoming(
      "", R"({"source":"w","shipment_number":"1","order":{"id":"o"},"location":"L","lines":[{"order_line":1,"quantity":1}]})");
  ASSERT_EQ(shipment.index(), 0U);
  EXPECT_TRUE(std::holds_alternative<ShipmentRequest>(std::get<0>(shipment)));
}

TEST(Incoming, SaysWhatItIsNot) {
  const auto unknown = decode_incoming("crossdock.unheard.v1", "{}");
  ASSERT_EQ(unknown.index(), 1U);
  EXPECT_EQ(std::get<1>(unknown).front().code, "unknown_type");
  EXPECT_EQ(decode_incoming("", "{}").index(), 1U);
  EXPECT_EQ(decode_incoming("", "7").index(), 1U);
  EXPECT_EQ(decode_incoming("", "{").index(), 2U);
}

TEST(Trace, ReadsWhatTheStandardAllows) {
  const std::string id = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
  ASSERT_TRUE(parse_traceparent("00-" + id + "-01"));
  EXPECT_TRUE(parse_traceparent("00-" + id + "-01")->sampled);
  EXPECT_FALSE(parse_traceparent("00-" + id + "-02")->sampled);
  EXPECT_EQ(parse_traceparent("00-" + id + "-01")->text(), "00-" + id + "-01");
  EXPECT_TRUE(parse_traceparent("cc-" + id + "-01-what-the-future-brings"));
  for (const std::string& bad :
       {"00-" + id + "-01-", "ff-" + id + "-01", "00-" + id, "00-" + id + "-0G", "cc-" + id + "-01x", std::string()})
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
  EXPECT_FALSE(parse_traceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"));
  EXPECT_FALSE(parse_traceparent("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"));
}

TEST(Trace, GoesOnAndBegins) {
  const auto next = parse_traceparent(traceparent_after("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_NE(next->parent_id, "b7ad6b7169203331");
  EXPECT_FALSE(next->sampled);
  const auto fresh = parse_traceparent(traceparent_after("nonsense"));
  ASSERT_TRUE(fresh);
  EXPECT_NE(fresh->trace_id, parse_traceparent(traceparent_after(""))->trace_id);
}

}  // namespace
}  // namespace crossdock
