#include "sim/shop_books.hpp"

#include "crossdock/base/json.hpp"

namespace crossdock::sim {

namespace {

std::string word_at(std::string_view body, std::string_view name) {
  json::Document document;
  if (document.parse_copy(body)) return {};
  const auto member = document.root().find(name);
  return member && member->is(json::Kind::string) ? std::string(member->text()) : std::string();
}

void write(json::Writer& out, const Deal& deal) {
  out.begin_object().key("order_number").string(deal.number).key("key").string(deal.key).key("attempts").integer(deal.attempts);
  out.key("no_reply").integer(deal.no_reply).key("busy").integer(deal.busy).key("lost").boolean(deal.lost).key("same").boolean(deal.same);
  out.key("status").integer(deal.status).key("replayed").boolean(deal.replayed).key("first_at").instant(deal.first_at);
  out.key("last_at").instant(deal.last_at).key("answer");
  json::Document body;
  if (deal.body.empty() || body.parse_copy(deal.body))
    out.null();
  else
    out.raw(deal.body);
  out.end_object();
}

}  // namespace

Meaning meaning_of(const Reply& reply) {
  if (reply.status == 200 || reply.status == 201) return Meaning::taken;
  if (reply.status == 0 || reply.status == 408 || reply.status == 429 || reply.status >= 500) return Meaning::again;
  if (reply.status == 409 && word_at(reply.body, "code") == "request_in_progress") return Meaning::again;
  return Meaning::refused;
}

Deal& ShopBooks::open(const std::string& number, const std::string& key, Instant now) {
  auto& deal = deals_[number];
  deal.number = number;
  deal.key = key;
  deal.first_at = deal.last_at = now;
  return deal;
}

bool ShopBooks::hear(Deal& deal, const Reply& reply, Instant now) {
  ++deal.attempts;
  deal.last_at = now;
  if (meaning_of(reply) == Meaning::again) {
    ++(reply.status == 0 ? deal.no_reply : deal.busy);
    return false;
  }
  deal.status = reply.status;
  deal.body = reply.body;
  deal.replayed = reply.replayed;
  const auto it = lost_.find(deal.number);
  if (it == lost_.end()) return true;
  // A refusal is not stored: only what was taken has to come back as it was.
  const bool stored = it->second.status < 300;
  if (stored) deal.same = reply.replayed && reply.status == it->second.status && reply.body == it->second.body;
  return true;
}

void ShopBooks::lose(Deal& deal, const Reply& reply) {
  ++deal.attempts;
  ++deal.no_reply;
  deal.lost = true;
  lost_[deal.number] = {reply.status, reply.body};
}

std::string ShopBooks::books() const {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("orders").begin_array();
  for (const auto& [number, deal] : deals_) write(out, deal);
  out.end_array().end_object();
  return text;
}

std::string ShopBooks::progress(std::size_t all) const {
  std::size_t done = 0, taken = 0, repeats = 0, lost = 0;
  for (const auto& [number, deal] : deals_) {
    done += deal.status != 0 ? 1 : 0;
    taken += deal.status == 200 || deal.status == 201 ? 1 : 0;
    repeats += static_cast<std::size_t>(deal.no_reply + deal.busy);
    lost += deal.lost ? 1 : 0;
  }
  std::string text;
  json::Writer out(text);
  const auto count = [&](std::string_view name, std::size_t value) { out.key(name).integer(static_cast<std::int64_t>(value)); };
  out.begin_object();
  count("all", all);
  count("begun", deals_.size());
  count("done", done);
  count("taken", taken);
  count("refused", done - taken);
  count("repeats", repeats);
  count("lost", lost);
  out.end_object();
  return text;
}

}  // namespace crossdock::sim
