#include "validation/atp.hpp"

#include <algorithm>
#include <map>

#include "promise/freshness.hpp"
#include "validation/note.hpp"

namespace crossdock::validation {

namespace {

using promise::Allotment;
using promise::Candidate;
using promise::Held;

/// An order's promises from memory: what a line takes is demand to the lines behind it.
class Promiser {
 public:
  Promiser(const Checked& checked, const promise::Catalog& catalog, const promise::Projection& projection, const Rules& rules, Instant now,
           const std::vector<ReservedQuantity>& reserved)
      : checked_(checked),
        reserved_(reserved),
        locations_(catalog.locations()),
        projection_(projection),
        rules_(rules.availability),
        freshness_(now, projection, rules.availability),
        now_(now) {}

  LinePromises run(std::size_t i) {
    LinePromises made;
    const auto& line = checked_.lines[i];
    if (!line.usable) return made;
    find_candidates(i);
    made.as_of = oldest_;
    if (denied_) {
      made.indeterminate = true;
      return made;
    }
    promise(line, made);
    made.indeterminate = stale_ && made.by_date < line.base_quantity && rules_.when_stale != promise::WhenStale::serve;
    for (const auto& part : made.granted) take(line.sku, part);
    return made;
  }

 private:
  /// The positions of a SKU as they stand, read once an order.
  std::vector<Held>& positions(const std::string& sku) {
    auto [at, fresh] = held_.try_emplace(sku);
    if (fresh) {
      at->second.resize(projection_.read(sku, at->second));
      free_reserved(sku, at->second);
    }
    return at->second;
  }

  void free_reserved(const std::string& sku, std::vector<Held>& all) const {
    for (const auto& part : reserved_) {
      const auto* location = part.sku == sku ? locations_->find(part.location) : nullptr;
      for (auto& held : all) {
        if (location && held.place == location->number) held.profile.demand.add(part.date, -part.quantity);
      }
    }
  }

  Held* position(const std::string& sku, promise::Numbering::Number place) {
    auto& all = positions(sku);
    const auto at = std::find_if(all.begin(), all.end(), [&](const Held& held) { return held.place == place; });
    return at == all.end() ? nullptr : &*at;
  }

  void find_candidates(std::size_t i) {
    const auto& wanted = checked_.order.lines[i].location;
    candidates_.clear();
    oldest_.reset();
    stale_ = denied_ = false;
    bool some = false;
    for (const auto& location : locations_->all()) some = some || position(checked_.lines[i].sku, location.number);
    for (const auto& location : locations_->all()) {
      if (wanted && location.code != *wanted) continue;
      const auto* held = position(checked_.lines[i].sku, location.number);
      const auto mark = freshness_.watermark(held, location.number);
      const bool weighs = freshness_.stale(held, mark) && (held || wanted || !some);
      stale_ = stale_ || weighs;
      if (!held) continue;
      if (mark != promise::Watermarks::never && (!oldest_ || Instant{mark} < *oldest_)) oldest_ = Instant{mark};
      if (weighs && rules_.when_stale == promise::WhenStale::conservative) continue;
      candidates_.push_back({location.code, location.priority, location.zone.date_of(now_), &held->profile});
    }
    denied_ = stale_ && rules_.when_stale == promise::WhenStale::deny;
  }

  Date by(const CheckedLine& line, Date today) const { return std::max(line.requested.value_or(today), today); }

  void promise(const CheckedLine& line, LinePromises& made) const {
    if (candidates_.empty()) return;
    Date date = line.requested.value_or(candidates_.front().today);
    for (const auto& candidate : candidates_) date = line.requested ? date : std::max(date, candidate.today);
    auto now = promise::allot_by(line.base_quantity, date, candidates_, rules_.sourcing, line.step);
    for (const auto& part : now) made.by_date += part.quantity;
    const Decimal rest = line.base_quantity - made.by_date;
    std::vector<Allotment> later;
    if (rest.positive()) later = promise::allot_later(rest, date, candidates_, now, rules_.sourcing, line.step);
    Decimal all = made.by_date;
    for (const auto& part : later) all += part.quantity;
    if (all == line.base_quantity) made.earliest_full = later.empty() ? now.back().date : later.back().date;
    const auto how = checked_.order.on_shortage;
    if (how == OnShortage::reject && rest.positive()) return;
    // An order's demand stands on the date asked for, not on the first on which it could go.
    for (auto& part : now) part.date = std::max(part.date, by(line, today_at(part.location)));
    made.granted = std::move(now);
    if (how == OnShortage::backorder) made.granted.insert(made.granted.end(), later.begin(), later.end());
  }

  Date today_at(const std::string& code) const { return locations_->today(code, now_); }

  void take(const std::string& sku, const Allotment& part) {
    const auto* location = locations_->find(part.location);
    if (auto* held = location ? position(sku, location->number) : nullptr) held->profile.demand.add(part.date, part.quantity);
  }

  const Checked& checked_;
  const std::vector<ReservedQuantity>& reserved_;
  std::shared_ptr<const promise::Locations> locations_;
  const promise::Projection& projection_;
  const promise::AvailabilityRules& rules_;
  const promise::Freshness freshness_;
  const Instant now_;
  std::map<std::string, std::vector<Held>> held_;
  std::vector<Candidate> candidates_;
  std::optional<Instant> oldest_;
  bool stale_ = false, denied_ = false;
};

std::string in_unit(Decimal base, const CheckedLine& line) { return from_base(base, line.factor).quantity.text(); }

Decimal granted(const LinePromises& promises) {
  Decimal sum;
  for (const auto& part : promises.granted) sum += part.quantity;
  return sum;
}

class Judge {
 public:
  Judge(Checked& into, const Rules& chosen) : checked_(into), rules_(chosen) {}

  void line(std::size_t i, const LinePromises& promises, bool order_gets_something) {
    const auto& line = checked_.lines[i];
    const Decimal got = granted(promises);
    if (promises.indeterminate) return say(Code::atp_indeterminate, i, promises);
    if (promises.by_date >= line.base_quantity) return;
    switch (checked_.order.on_shortage) {
      case OnShortage::reject:
        return say(Code::atp_insufficient, i, promises);
      case OnShortage::partial:
        return say(order_gets_something ? Code::atp_partial : Code::atp_insufficient, i, promises);
      case OnShortage::backorder:
        return say(got >= line.base_quantity ? Code::atp_late : Code::atp_partial, i, promises);
    }
  }

 private:
  void say(Code code, std::size_t i, const LinePromises& promises) {
    const auto& line = checked_.lines[i];
    Note note{code,        line_pointer(i, "quantity"), checked_.order.lines[i].quantity.text(), in_unit(promises.by_date, line), line.sku,
              std::nullopt};
    if (promises.earliest_full) note.suggestion = "all could go on " + promises.earliest_full->text();
    auto finding = to_finding(note, rules_);
    finding.as_of = promises.as_of;
    checked_.findings.push_back(std::move(finding));
  }

  Checked& checked_;
  const Rules& rules_;
};

}  // namespace

std::vector<LinePromises> promise_order(const Checked& checked, const promise::Catalog& catalog, const promise::Projection& projection,
                                        const Rules& rules, Instant now, const std::vector<ReservedQuantity>& reserved) {
  Promiser promiser(checked, catalog, projection, rules, now, reserved);
  std::vector<LinePromises> all;
  all.reserve(checked.lines.size());
  for (std::size_t i = 0; i < checked.lines.size(); ++i) all.push_back(promiser.run(i));
  return all;
}

void judge_promises(Checked& checked, const std::vector<LinePromises>& promises, const Rules& rules, Instant now) {
  std::erase_if(checked.findings, [](const Finding& finding) { return finding.code.starts_with("atp."); });
  Check check;
  check.name = "atp";
  check.source = rules.atp.from;
  check.status = CheckStatus::skipped;
  if (rules.atp.made) {
    const bool something = std::any_of(promises.begin(), promises.end(), [](const LinePromises& one) { return one.by_date.positive(); });
    Judge judge(checked, rules);
    for (std::size_t i = 0; i < checked.lines.size() && i < promises.size(); ++i) {
      if (!checked.lines[i].usable) continue;
      check.status = CheckStatus::passed;
      judge.line(i, promises[i], something);
      if (promises[i].as_of) check.age_ms = std::max(check.age_ms.value_or(0), (now - *promises[i].as_of) / 1000);
    }
    for (const auto& finding : checked.findings) {
      const bool ours = finding.code.starts_with("atp.") && finding.severity != Severity::info;
      if (!ours) continue;
      check.status = finding.severity == Severity::indeterminate ? CheckStatus::stale : CheckStatus::failed;
      if (check.status == CheckStatus::failed) break;
    }
  }
  set_check(checked.checks, std::move(check));
}

std::vector<Promise> to_promises(const Checked& checked, const std::vector<LinePromises>& promises) {
  std::vector<Promise> shown;
  for (std::size_t i = 0; i < promises.size() && i < checked.lines.size(); ++i) {
    const auto& line = checked.lines[i];
    Decimal sum, before;
    for (const auto& part : promises[i].granted) {
      sum += part.quantity;
      // The parts add up to the line where all of it is promised, whatever is cut at six places.
      const Decimal upto = sum == line.base_quantity ? checked.order.lines[i].quantity : from_base(sum, line.factor).quantity;
      Promise promise;
      promise.line = checked.order.lines[i].line;
      promise.quantity = upto - before;
      promise.date = part.date;
      promise.location = part.location;
      shown.push_back(std::move(promise));
      before = upto;
    }
  }
  return shown;
}

}  // namespace crossdock::validation
