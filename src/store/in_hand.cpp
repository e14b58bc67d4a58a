#include "store/in_hand.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "store/statements.hpp"

namespace crossdock::store {

using namespace ledger;
using postgres::Row;
using postgres::Transaction;

namespace {

// A key's mark has 21 bits, so that three of them go into the number of one lock: locks cost the server more than comparing does, and its
// table of them is everybody's.
constexpr int bits = 21, marks_a_lock = 3;
constexpr std::uint64_t all_bits = (1U << bits) - 1;

/// FNV-1a, its bits mixed once more. Never 0: that is an empty place.
std::uint64_t mark_of(const IdempotencyId& id) {
  std::uint64_t hash = 0xcbf29ce484222325;
  auto add = [&hash](std::string_view text) {
    for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
    hash = (hash ^ '\n') * 0x100000001b3;
  };
  add(id.client), add(id.call), add(id.key);
  hash = (hash ^ hash >> 32U) * 0x9e3779b97f4a7c15;
  return std::max<std::uint64_t>(1, hash >> (64 - bits));
}

}  // namespace

// Shared advisory locks: they live in the server, so also while their owner is frozen, and end with its transaction. Shared ones let each
// other be: nothing waits, hence nothing is to be ordered.
std::vector<postgres::Statement> in_hand_statements() {
  return {
      {"show_keys", "select count(pg_try_advisory_xact_lock_shared(a.marks)) from " + rows_of("marks int8") + " as a"},
      {"keys_elsewhere",
       "select l.classid::int8 << 32 | l.objid::int8 from pg_locks l where l.locktype = 'advisory' and l.objsubid = 1 and l.mode = "
       "'ShareLock' and l.pid <> pg_backend_pid() and l.database = (select oid from pg_database where datname = current_database())"},
  };
}

void show_keys(Transaction& tx, const std::set<IdempotencyId>& keys) {
  if (keys.empty()) return;
  postgres::IntegerArray locks;
  std::uint64_t packed = 0;
  int place = 0;
  for (const auto& id : keys) {
    packed |= mark_of(id) << (bits * place);
    if (++place < marks_a_lock) continue;
    locks.add(static_cast<std::int64_t>(packed));
    packed = 0;
    place = 0;
  }
  if (place > 0) locks.add(static_cast<std::int64_t>(packed));
  tx.send("show_keys", locks);
}

postgres::Attempt<std::set<IdempotencyId>> keys_elsewhere(postgres::Connection& connection, std::span<Request* const> requests) {
  std::set<std::uint64_t> marks;
  auto take = [&marks](const Row& row) {
    for (auto packed = static_cast<std::uint64_t>(row.integer(0)); packed; packed >>= bits) marks.insert(packed & all_bits);
  };
  auto asked = postgres::transact(connection, [&take](Transaction& tx) {
    tx.ask("keys_elsewhere", take);
    tx.settle();
  });
  if (!asked) return asked.failure();
  std::set<IdempotencyId> found;
  for (const auto* request : requests) {
    const auto* keyed = dynamic_cast<const KeyedRequest*>(request);
    if (keyed && !keyed->key.key.empty() && marks.contains(mark_of(keyed->key))) found.insert(keyed->key);
  }
  return found;
}

}  // namespace crossdock::store
