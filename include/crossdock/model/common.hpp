// What several documents carry: where a record came from, identifiers, addresses, references.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"
#include "crossdock/model/words.hpp"

namespace crossdock {

/// JSON that we do not look into (`ext`): the caller's own bytes; empty means absent.
using RawJson = std::string;

/// Where a document's current content comes from. An older one never overwrites a newer one: see older_than().
struct Source {
  std::string system;
  std::optional<std::string> record_id;
  std::optional<std::string> revision;
  std::optional<Instant> as_of;
  friend bool operator==(const Source&, const Source&) = default;
};

/// Whether `incoming` is older than what is `stored`: by revision where both are digits (as numbers), else by as_of.
/// Equal ones, another system's, and what cannot be compared are not older.
bool older_than(const Source& incoming, const Source& stored);

/// One name of a thing in another's words; of schemes gtin, gln and sscc the check digit is verified.
struct Identifier {
  std::string scheme;
  std::string value;
  std::optional<std::string> system;    ///< whose name it is
  std::optional<std::string> customer;  ///< or the customer's (scheme customer_sku)
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

struct Address {
  std::optional<std::string> code;  ///< one of the customer's ship-to codes
  std::optional<std::string> name;
  std::vector<std::string> street;
  std::optional<std::string> city;
  std::optional<std::string> region;
  std::optional<std::string> postal_code;
  std::optional<std::string> country;  ///< ISO 3166-1 alpha-2
  friend bool operator==(const Address&, const Address&) = default;
};

/// An order by our id, or by its own identity (source and order_number).
struct OrderRef {
  std::optional<std::string> id;
  std::optional<std::string> source;
  std::optional<std::string> order_number;
  friend bool operator==(const OrderRef&, const OrderRef&) = default;
};

/// A document's way into a system: the link to what the ERP made of it.
struct Posting {
  std::string system;
  std::string status;
  std::optional<std::string> remote_id;
  friend bool operator==(const Posting&, const Posting&) = default;
};

}  // namespace crossdock
