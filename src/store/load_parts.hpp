// The larger parts of loader.cpp: what is read by key, without locks or under those that others hold.
#pragma once
#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "ledger/world.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// What `asked` has and `done` has not; counted as done from now on.
template <class Set>
std::vector<typename Set::value_type> fresh(const Set& asked, Set& done) {
  std::vector<typename Set::value_type> out;
  if (asked.size() == done.size()) return out;
  std::set_difference(asked.begin(), asked.end(), done.begin(), done.end(), std::back_inserter(out));
  done.insert(out.begin(), out.end());
  return out;
}

/// The same of keys in the order in which they came.
template <class Key>
std::vector<Key> fresh(const ledger::Keys<Key>& asked, ledger::Keys<Key>& done) {
  std::vector<Key> out;
  if (asked.size() == done.size()) return out;
  for (const auto& key : asked)
    if (done.insert(key)) out.push_back(key);
  return out;
}

template <class Key>
std::vector<Key> sorted(std::vector<Key> keys) {
  std::sort(keys.begin(), keys.end());
  return keys;
}

/// Two text arrays from pairs or from keys with two texts.
struct Pairs {
  postgres::TextArray first, second;
  explicit Pairs(const std::vector<ledger::SourceNumber>& all) {
    for (const auto& [a, b] : all) first.add(a), second.add(b);
  }
  explicit Pairs(const std::vector<ledger::PositionKey>& all) {
    for (const auto& key : all) first.add(key.sku), second.add(key.location);
  }
  explicit Pairs(const std::vector<ledger::MasterId>& all) {
    for (const auto& id : all) first.add(id.kind), second.add(id.id);
  }
};

postgres::UuidArray uuids(const std::vector<std::string>& ids);  ///< what is no UUID is left out: it names nothing
postgres::TextArray texts(const std::vector<std::string>& all);

/// Asks for what is new in `needs`, before the locks or beside them; counts it in `done`. It is in the world when the transaction has
/// settled. Answers whether anything was asked.
bool read_unlocked(postgres::Transaction& transaction, ledger::World& world, const ledger::Needs& needs, ledger::Needs& done);
/// The same for what depends on locked positions; locks customers' exposures.
bool read_dependants(postgres::Transaction& transaction, ledger::World& world, const ledger::Needs& needs, ledger::Needs& done);
/// Lines, commitments and warehouse orders of those of the world's orders.
void read_order_parts(postgres::Transaction& transaction, const postgres::UuidArray& ids, ledger::World& world);

}  // namespace crossdock::store
