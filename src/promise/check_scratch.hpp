// One thread's working memory of the availability check: no allocation once it is warm.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "promise/check.hpp"

namespace crossdock::promise {

/// One location in a line's answer; quantities in the base unit.
struct Figure {
  std::uint32_t location = 0;  ///< index into the snapshot of locations
  Date today;
  Profile* profile = nullptr;  ///< null: no position there
  Decimal available;           ///< by the date asked, by the rule for stale data
  Decimal on_hand;
  std::int64_t watermark = 0;
  bool stale = false;
  bool usable = true;  ///< its stock may be promised
};

/// A confirmed part of a line.
struct Part {
  std::uint32_t location = 0;
  Date date;
  Decimal base;
  Decimal quantity;  ///< in the line's unit
};

/// A line's answer before it is text or document.
struct Outcome {
  AvailabilityStatus status = AvailabilityStatus::unavailable;
  std::string_view uom;  ///< empty: not known
  Fraction factor;
  Date date;
  Decimal available;  ///< in the line's unit
  std::optional<Date> earliest_full;
  std::vector<Part> confirmed;
  std::vector<Figure> figures;
};

class Scratch {
 public:
  static Scratch& of_this_thread();

  /// Takes the catalog's present locations and forgets what the last request took.
  void begin(const Catalog& catalog, Instant now, const AvailabilityRules& rules);
  /// Works out a line into outcome(). False: the item is not sold in the unit asked.
  bool line(const AskedLine& asked, std::uint64_t hash, const Catalog& catalog, const Projection& projection);

  const Outcome& outcome() const { return outcome_; }
  const Locations& locations() const { return *locations_; }
  /// `{"location":"DC-EAST","available":"`, made once for each snapshot of locations.
  const std::string& head(std::uint32_t location) const { return days_[location].head; }
  Instant now() const { return now_; }
  Date today(std::uint32_t location);

  std::vector<std::uint64_t> hashes;  ///< of the request's lines
  std::vector<char> bytes;            ///< of the answer's text

 private:
  struct Day {
    std::string head;
    std::int64_t from = 1, to = 0;  ///< micros between which `today` holds
    Date today;
  };
  struct Taken {
    std::uint64_t hash;
    std::string_view sku;
    std::uint32_t location;
    Date date;
    Decimal quantity;
  };

  void take_locations(std::shared_ptr<const Locations> now);
  bool choose_locations(const AskedLine& asked);
  void read_positions(const AskedLine& asked, std::uint64_t hash, const Projection& projection);
  void weigh(const AskedLine& asked, bool some_position);
  void confirm(const AskedLine& asked, Decimal base);
  void confirm_later(const AskedLine& asked, Decimal rest);
  void find_earliest_full(const AskedLine& asked);
  void judge(const AskedLine& asked, bool some_position);
  void convert(Decimal asked, Decimal base);
  void remember(const AskedLine& asked, std::uint64_t hash);
  bool dated() const;

  std::shared_ptr<const Locations> locations_ = std::make_shared<const Locations>();
  std::vector<Day> days_;
  std::vector<std::int32_t> by_number_;  ///< catalog number of a place -> index into the snapshot, or -1
  std::vector<std::uint32_t> chosen_;
  std::vector<std::uint8_t> marks_;
  std::vector<Held> held_;
  std::vector<Held*> at_;  ///< this line's position by location; all null between lines
  std::vector<Offer> offers_;
  std::vector<Taken> taken_;
  std::vector<std::pair<Date, Decimal>> rises_;
  std::vector<Step> curve_;
  Outcome outcome_;
  Instant now_;
  const AvailabilityRules* rules_ = nullptr;
  std::size_t by_date_ = 0;  ///< how many confirmed parts go by the date asked
  Decimal total_;            ///< the line's available in the base unit
};

}  // namespace crossdock::promise
