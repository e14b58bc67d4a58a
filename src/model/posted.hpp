// What recorded shipments, receipts, returns and invoices have beyond the request.
#pragma once
#include <array>
#include <cstddef>

#include "model/field.hpp"

namespace crossdock {

inline constexpr std::size_t most_posted_lines = 10'000;

template <class Document>
constexpr std::array<Field, 3> posted() {
  return {field<&Document::id>("id", required, rule::code, "UUIDv7"),
          field<&Document::postings>("postings", required, rule::plain, "how far it has come on its way into other systems"),
          field<&Document::recorded_at>("recorded_at", required, rule::plain, "when it became durable")};
}

}  // namespace crossdock
