#include "store/audit_verify.hpp"

#include <algorithm>
#include <map>

namespace crossdock::store {

using namespace postgres;

namespace {

constexpr std::int64_t places_a_report = 20'000;

/// Walks along the chain and remembers the first thing wrong with it.
class Walk {
 public:
  Walk(AuditFound& found, std::span<const ledger::AuditHead> heads) : found_(found) {
    for (const auto& head : heads)
      if (head.chain == found.chain)
        heads_.emplace(head.place, &head);
      else
        strange_ = &head;
  }

  void step(const CopiedRow& row) {
    if (!found_.bad.empty()) return;
    const auto entry = row.integer(0), place = row.integer(1);
    if (place != found_.places + 1) return bad(entry, missing(found_.places + 1, place - 1) + " gone from the chain before it");
    if (row.is_null(3)) return bad(entry, "it was sealed and is gone from the journal");
    ledger::AuditEntry read{entry, row.instant(4), {}, row.text(6), row.text(7), row.text(8), row.text(9), row.text(10), row.text(11)};
    if (!row.is_null(5)) read.order_id = row.text(5);
    link_ = ledger::link(link_, read);
    const std::string_view stored = row.text(2);
    if (!std::equal(link_.begin(), link_.end(), stored.begin(), stored.end(),
                    [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); }))
      return bad(entry, "it is not what was sealed, or stands in another place");
    found_.places = place;
    compare(entry, place);
  }

  /// After the last link.
  void end(std::int64_t place, const std::string& link) {
    if (!found_.bad.empty()) return;
    if (strange_)
      return bad(0, "a head of " + strange_->at.text() + " is of chain " + strange_->chain + "; the database's is " + found_.chain);
    if (place > found_.places)
      return bad(0, "the chain came to place " + std::to_string(place) + "; " + missing(found_.places + 1, place) + " gone");
    if (place < found_.places || link != hex(link_)) return bad(0, "the chain's own head is not its last link");
    if (!heads_.empty() && heads_.rbegin()->first > found_.places)
      bad(0, "a head of " + heads_.rbegin()->second->at.text() + " says that the chain came to place " +
                 std::to_string(heads_.rbegin()->first) + "; it ends at " + std::to_string(found_.places) +
                 ": entries are gone, or an older backup was restored");
  }

 private:
  void bad(std::int64_t entry, std::string what) {
    found_.entry = entry;
    found_.bad = std::move(what);
  }
  static std::string missing(std::int64_t first, std::int64_t last) {
    if (first == last) return "place " + std::to_string(first) + " is";
    return "places " + std::to_string(first) + " to " + std::to_string(last) + " are";
  }
  void compare(std::int64_t entry, std::int64_t place) {
    for (auto [at, end] = heads_.equal_range(place); at != end; ++at)
      if (at->second->link != hex(link_))
        return bad(entry, "the chain up to here was made anew: a head of " + at->second->at.text() + " says otherwise");
  }

  AuditFound& found_;
  std::multimap<std::int64_t, const ledger::AuditHead*> heads_;
  const ledger::AuditHead* strange_ = nullptr;
  Sha256 link_{};
};

struct Head {
  std::int64_t place = 0;
  std::string link;
};

Attempt<Head> read_head(Snapshot& snapshot, AuditFound& found) {
  Head head;
  auto read = snapshot.copy("select place, link, chain::text from audit_head", [&](const CopiedRow& row) {
    Sha256 link{};
    const auto bytes = row.text(1);
    std::copy_n(bytes.begin(), std::min(bytes.size(), link.size()), reinterpret_cast<char*>(link.data()));
    head = {row.integer(0), hex(link)};
    found.chain = row.text(2);
  });
  if (!read) return read.failure();
  return head;
}

/// Those whose transactions the sealer has gone past are not late: they were put there behind its back.
Attempt<Done> look_for_unsealed(Snapshot& snapshot, AuditFound& found) {
  const char* unsealed =
      "select j.id, case when h.server = (select system_identifier::text from pg_control_system()) and "
      "pg_visible_in_snapshot(j.xid, h.seen::pg_snapshot) then 1 else 0 end from journal j, audit_head h where not exists (select 1 "
      "from audit_seal s where s.entry = j.id) order by j.id";
  auto read = snapshot.copy(unsealed, [&](const CopiedRow& row) {
    ++found.unsealed;
    if (row.integer(1) == 0 || !found.bad.empty()) return;
    found.entry = row.integer(0);
    found.bad = "it stands among sealed entries and was never sealed";
  });
  if (!read) return read.failure();
  return Done{};
}

}  // namespace

Attempt<AuditFound> verify_audit(const Settings& database, std::span<const ledger::AuditHead> heads,
                                 const std::function<void(std::int64_t, std::int64_t)>& progress) {
  auto snapshot = Snapshot::open(database, "audit");
  if (!snapshot) return snapshot.failure();
  AuditFound found;
  auto head = read_head(*snapshot, found);
  if (!head) return head.failure();
  Walk walk(found, heads);
  auto walked = snapshot->copy(
      "select s.entry, s.place, s.link, j.id, j.at, j.order_id::text, j.system, j.step, j.document, j.actor, j.detail, j.correlation_id "
      "from audit_seal s left join journal j on j.id = s.entry order by s.place",
      [&](const CopiedRow& row) {
        walk.step(row);
        if (progress && found.bad.empty() && found.places % places_a_report == 0) progress(found.places, head->place);
      });
  if (!walked) return walked.failure();
  walk.end(head->place, head->link);
  if (auto looked = look_for_unsealed(*snapshot, found); !looked) return looked.failure();
  return found;
}

}  // namespace crossdock::store
