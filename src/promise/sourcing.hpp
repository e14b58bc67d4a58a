// Which locations serve a line: the sourcing rule, pure.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "promise/profile.hpp"

namespace crossdock::promise {

enum class Preference { priority, fewest_splits };

struct SourcingRule {
  std::vector<Preference> order{Preference::priority, Preference::fewest_splits};
  AtpRule atp;
};

/// A location that may serve the line, with the position as it stands (what earlier lines took is already in its demand).
struct Candidate {
  std::string location;
  int priority = 100;  ///< lower is preferred; equal priorities by fewest splits, then by code
  Date today;          ///< the location's own date
  const Profile* profile = nullptr;
};

/// What a location has left to give; a list of them stands by priority, then code.
struct Offer {
  int priority = 100;
  Decimal available;
};
/// The sourcing rule's one decision: which offer the next part of `rest` is taken from. offers.size(): none has anything.
std::size_t next_offer(std::span<const Offer> offers, Decimal rest, const SourcingRule& rule);

/// So much of a line, from there, on that ship date.
struct Allotment {
  std::string location;
  Date date;
  Decimal quantity;
  friend bool operator==(const Allotment&, const Allotment&) = default;
};

/// Splits what can go by `date` (at most `quantity`) over the candidates. Each allotment's date is the earliest, not before that location's
/// today, on which that quantity can go. Quantities are rounded down to `step` (the sales multiple; zero: no rounding).
std::vector<Allotment> allot_by(Decimal quantity, Date date, const std::vector<Candidate>& candidates, const SourcingRule& rule,
                                Decimal step = {});
/// Continues after allot_by for the rest: the earliest later dates on which it can go; what never can is left out.
std::vector<Allotment> allot_later(Decimal rest, Date after, const std::vector<Candidate>& candidates, const std::vector<Allotment>& taken,
                                   const SourcingRule& rule, Decimal step = {});

}  // namespace crossdock::promise
