// What a fingerprint must not notice, and what it must.
#include <gtest/gtest.h>

#include "shapes_by_name.hpp"

namespace crossdock::test {
namespace {

Sha256 print_of(const std::string& text) {
  auto decoded = decode_body<OrderRequest>(text);
  if (auto* mistakes = std::get_if<1>(&decoded)) ADD_FAILURE() << mistakes->front().pointer << " " << mistakes->front().detail;
  const auto* order = std::get_if<0>(&decoded);
  return order != nullptr ? fingerprint(*order) : Sha256{};
}

const std::string plain = R"({"source":"s","order_number":"1","customer":"C","currency":"EUR","ext":{"a":{"n":1.50,"m":"x"},"b":[1,2]},)"
                          R"("lines":[{"line":1,"sku":"A","quantity":"12","unit_price":"9.5"},{"line":2,"sku":"B","quantity":"1"}]})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Fingerprint, DoesNotNoticeSpelling) {
  const Sha256 expected = print_of(plain);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("quantity":"12")", R"("quantity":12)"},
           {R"("quantity":"12")", R"("quantity":12.0)"},
           {R"("quantity":"12")", R"("quantity":"12.000")"},
           {R"("quantity":"12")", R"("quantity" : "012")"},
           {R"("source":"s","order_number":"1")", R"("order_number":"1","source":"s")"},
           {R"("line":1,"sku":"A")", R"("sku":"A","line":1.0)"},
           {R"({"source")", R"({"on_shortage":"reject","priority":5,"bill_to":null,"ship_complete":false,"source")"},
           {R"({"a":{"n":1.50,"m":"x"},"b":[1,2]})", R"({ "b":[1.0,2], "a":{"m":"\u0078","n":15e-1}})"},
           {R"("customer":"C")", R"("customer":"\u0043")"},
       })
    EXPECT_EQ(print_of(replaced(plain, from, to)), expected) << to;
}

TEST(Fingerprint, NoticesContent) {
  const Sha256 expected = print_of(plain);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("quantity":"12")", R"("quantity":"12.000001")"},
           {R"("order_number":"1")", R"("order_number":"01")"},
           {R"("source":"s","order_number":"1")", R"("source":"1","order_number":"s")"},
           {R"("currency":"EUR")", R"("currency":"USD")"},
           {R"({"source")", R"({"on_shortage":"partial","source")"},
           {R"({"source")", R"({"customer_po":"","source")"},
           {R"("b":[1,2])", R"("b":[2,1])"},
           {R"("m":"x")", R"("m":"y")"},
           {R"("unit_price":"9.5")", R"("unit_price":"0")"},
           {R"(,"unit_price":"9.5")", ""},
           {R"(,{"line":2,"sku":"B","quantity":"1"})", ""},
           {R"("sku":"B")", R"("customer_sku":"B")"},
       })
    EXPECT_NE(print_of(replaced(plain, from, to)), expected) << to;
}

// The order of lines is content: it decides who takes first.
TEST(Fingerprint, NoticesTheOrderOfLines) {
  const std::string one = R"({"line":1,"sku":"A","quantity":"1"})";
  const std::string two = R"({"line":2,"sku":"B","quantity":"1"})";
  const std::string head = R"({"source":"s","order_number":"1","customer":"C","currency":"EUR","lines":[)";
  EXPECT_NE(print_of(head + one + "," + two + "]}"), print_of(head + two + "," + one + "]}"));
}

// A text that moves from one member to its neighbour is another text.
TEST(Fingerprint, KeepsMembersApart) {
  OrderRequest a;
  OrderRequest b;
  a.customer_po = "x";
  b.terms = "x";
  EXPECT_NE(fingerprint(a), fingerprint(b));
  a = b = OrderRequest{};
  a.ship_to.emplace().name = "x";
  b.bill_to.emplace().name = "x";
  EXPECT_NE(fingerprint(a), fingerprint(b));
}

TEST(Fingerprint, IsStableOverReleases) {
  OrderRequest order;
  order.source = "s";
  order.order_number = "1";
  order.customer = "C";
  order.currency = "EUR";
  order.lines.emplace_back();
  order.lines[0].line = 1;
  order.lines[0].sku = "A";
  order.lines[0].quantity = Decimal::of(12);
  EXPECT_EQ(canonical_text(shape_of(Of<OrderRequest>{}), &order),
            R"({"currency":"EUR","customer":"C","lines":[{"line":1,"quantity":"12","sku":"A"}],"order_number":"1","source":"s"})");
}

TEST(Fingerprint, TellsInstantsOfOneMillisecondApart) {
  InventoryEvent event;
  event.at = Instant{1};
  const Sha256 first = fingerprint(event);
  event.at = Instant{2};
  EXPECT_NE(fingerprint(event), first);
}

}  // namespace
}  // namespace crossdock::test
