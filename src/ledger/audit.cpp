#include "ledger/audit.hpp"

#include <charconv>

#include "crossdock/base/json.hpp"

namespace crossdock::ledger {

namespace {

void put_length(std::string& out, std::uint32_t length) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(length >> static_cast<unsigned>(shift) & 0xffU);
}

void put(std::string& out, std::string_view field) {
  put_length(out, static_cast<std::uint32_t>(field.size()));
  out += field;
}

}  // namespace

Sha256 link(const Sha256& before, const AuditEntry& entry) {
  thread_local std::string bytes;
  bytes.assign(reinterpret_cast<const char*>(before.data()), before.size());
  put(bytes, std::to_string(entry.id));
  put(bytes, std::to_string(entry.at.micros));
  if (entry.order_id)
    put(bytes, *entry.order_id);
  else
    put_length(bytes, 0xffffffffU);
  for (auto field : {entry.system, entry.step, entry.document, entry.actor, entry.detail, entry.correlation_id}) put(bytes, field);
  return sha256(bytes);
}

std::string signed_text(const AuditHead& head) {
  return "crossdock audit head\n" + head.chain + "\n" + std::to_string(head.place) + "\n" + head.link + "\n" + head.at.text();
}

std::string to_line(const AuditHead& head) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("chain").string(head.chain).key("place").integer(head.place).key("link").string(head.link);
  writer.key("at").instant(head.at).key("signature").string(head.signature).end_object();
  return out;
}

Result<AuditHead> head_from(std::string_view line) {
  const Fault bad(FaultKind::invalid, "bad_head", "this is no head of an audit: {\"chain\",\"place\",\"link\",\"at\",\"signature\"}");
  json::Document document;
  if (document.parse_copy(line)) return bad;
  auto text = [&](std::string_view name) -> std::string {
    const auto found = document.root().find(name);
    return found ? std::string(found->text()) : std::string();
  };
  AuditHead head{text("chain"), 0, text("link"), {}, text("signature")};
  const auto place = text("place");
  const auto read = std::from_chars(place.data(), place.data() + place.size(), head.place);
  const auto at = Instant::parse(text("at"));
  if (read.ec != std::errc() || read.ptr != place.data() + place.size() || !at || head.chain.empty() || head.link.size() != 64) return bad;
  head.at = *at;
  return head;
}

}  // namespace crossdock::ledger
