#include "promise/check.hpp"

#include <algorithm>

#include "promise/check_scratch.hpp"
#include "promise/check_text.hpp"

namespace crossdock::promise {

namespace {

Mistake no_such_unit(std::size_t line, const AskedLine& asked) {
  return {"/lines/" + std::to_string(line) + "/uom",
          "not_allowed",
          "the item " + std::string(asked.sku) + " is not kept in the unit " + std::string(asked.uom),
          {}};
}

/// Works out each line in turn and hands it to `done(line)`.
template <class Done>
Mistakes each_line(std::span<const AskedLine> lines, const Catalog& catalog, const Projection& projection, Instant now,
                   const AvailabilityRules& rules, Scratch& scratch, Done&& done) {
  Mistakes mistakes;
  scratch.begin(catalog, now, rules);
  scratch.hashes.clear();
  // All hashes first: the tables' cache lines are on their way while the first line is worked out.
  for (const auto& line : lines) {
    const auto hash = hash_of(line.sku);
    scratch.hashes.push_back(hash);
    catalog.prefetch(hash);
    projection.prefetch(hash);
  }
  for (const auto hash : scratch.hashes) {
    catalog.prefetch_entry(hash);
    projection.prefetch_entry(hash);
  }
  for (const auto hash : scratch.hashes) projection.prefetch_slots(hash);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (scratch.line(lines[i], scratch.hashes[i], catalog, projection)) {
      done(lines[i]);
    } else {
      mistakes.push_back(no_such_unit(i, lines[i]));
    }
  }
  return mistakes;
}

/// The lines of a decoded request as views into it.
class Views {
 public:
  explicit Views(const AvailabilityRequest& request) {
    std::size_t names = 0;
    for (const auto& line : request.lines) names += line.locations.size();
    names_.reserve(names);
    lines_.reserve(request.lines.size());
    for (const auto& line : request.lines) {
      const auto from = names_.size();
      names_.insert(names_.end(), line.locations.begin(), line.locations.end());
      lines_.push_back({line.sku, line.quantity, line.uom ? std::string_view(*line.uom) : std::string_view(), line.date,
                        std::span<const std::string_view>(names_.data() + from, line.locations.size())});
    }
  }
  std::span<const AskedLine> lines() const { return lines_; }

 private:
  std::vector<std::string_view> names_;
  std::vector<AskedLine> lines_;
};

LocationAvailability to_document(const Figure& figure, const Scratch& scratch) {
  LocationAvailability made;
  made.location = scratch.locations().all()[figure.location].code;
  made.available = figure.available;
  made.on_hand = figure.on_hand;
  made.stale = figure.stale;
  if (figure.watermark != Watermarks::never) {
    made.as_of = Instant{figure.watermark};
    made.age_ms = std::max<std::int64_t>(0, scratch.now().micros - figure.watermark) / 1000;
  }
  return made;
}

AvailabilityLine to_document(const AskedLine& asked, const Scratch& scratch) {
  const auto& outcome = scratch.outcome();
  AvailabilityLine line;
  line.sku = asked.sku;
  line.status = outcome.status;
  line.requested = asked.quantity;
  if (!outcome.uom.empty()) line.uom = std::string(outcome.uom);
  line.date = outcome.date;
  line.available = outcome.available;
  for (const auto& part : outcome.confirmed) {
    line.confirmed.push_back({part.quantity, part.date, scratch.locations().all()[part.location].code});
  }
  line.earliest_full_date = outcome.earliest_full;
  for (const auto& figure : outcome.figures) line.locations.push_back(to_document(figure, scratch));
  return line;
}

}  // namespace

Mistakes check(const AvailabilityRequest& request, const Catalog& catalog, const Projection& projection, Instant now,
               const AvailabilityRules& rules, AvailabilityAnswer& answer) {
  auto& scratch = Scratch::of_this_thread();
  answer.as_of = now;
  answer.lines.clear();
  const Views views(request);
  return each_line(views.lines(), catalog, projection, now, rules, scratch,
                   [&](const AskedLine& line) { answer.lines.push_back(to_document(line, scratch)); });
}

Mistakes check_into(std::string& out, std::span<const AskedLine> lines, const Catalog& catalog, const Projection& projection, Instant now,
                    const AvailabilityRules& rules) {
  auto& scratch = Scratch::of_this_thread();
  Text text(scratch.bytes);
  text.raw("{\"as_of\":\"");
  text.instant(now.micros);
  text.raw("\",\"method\":\"cumulative_lookahead\",\"lines\":[");
  bool first = true;
  auto mistakes = each_line(lines, catalog, projection, now, rules, scratch, [&](const AskedLine& line) {
    text.room(1);
    if (!first) text.raw(",");
    first = false;
    write_line(text, scratch, line);
  });
  text.room(2);
  text.raw("]}");
  if (mistakes.empty()) out.append(text.view());
  return mistakes;
}

Mistakes check_into(std::string& out, const AvailabilityRequest& request, const Catalog& catalog, const Projection& projection, Instant now,
                    const AvailabilityRules& rules) {
  const Views views(request);
  return check_into(out, views.lines(), catalog, projection, now, rules);
}

}  // namespace crossdock::promise
