// The audit's chain: each link is a digest over the link before and an entry of the journal, so that none can be changed, moved or taken
// out afterwards without all later links saying so. A signed head, kept elsewhere, says it of a chain that was made anew. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/base/id.hpp"
#include "crossdock/base/result.hpp"
#include "crossdock/base/signature.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::ledger {

/// An entry as it is stored. Texts are borrowed.
struct AuditEntry {
  std::int64_t id = 0;
  Instant at;
  std::optional<std::string_view> order_id;  ///< none: of no order
  std::string_view system, step, document, actor, detail, correlation_id;
};

/// SHA-256 of `before` and the entry's fields in this order, each with its length (4 bytes, big endian) before it, numbers as decimal
/// text, `at` in microseconds since 1970, an absent order as the length 0xffffffff.
Sha256 link(const Sha256& before, const AuditEntry& entry);

/// Where a chain had come to at a time.
struct AuditHead {
  std::string chain;  ///< the chain's own id, made with its database
  std::int64_t place = 0;
  std::string link;  ///< 64 hexadecimal digits
  Instant at;
  std::string signature;  ///< over signed_text(); empty: not signed
};

std::string signed_text(const AuditHead& head);
/// A line of JSON, without its end.
std::string to_line(const AuditHead& head);
/// Fault `bad_head` (invalid) when it is no head.
Result<AuditHead> head_from(std::string_view line);

}  // namespace crossdock::ledger
