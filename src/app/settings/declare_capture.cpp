// How orders are taken: capture and its checks; availability.
#include "app/settings/declare.hpp"

namespace crossdock::app {
namespace {

using config::duration;
using config::one_of;
using Kind = Origin::Kind;
using std::chrono::hours;

/// Who may answer: each check takes some of store, memory and a system's answer of one name.
config::Typed<Origin> origin(std::vector<std::string> words, const std::string& answer = {}) {
  std::string expected, pattern;
  for (const std::string& word : words) {
    expected += (expected.empty() ? "" : " or ") + word;
    pattern += (pattern.empty() ? "" : "|") + word;
  }
  if (!answer.empty()) {
    expected += " or a system's answer such as erp." + answer;
    pattern += "|[a-z][a-z0-9_-]*\\." + answer;
  }
  const auto parse = [words = std::move(words), answer, expected](const std::string& text, Origin& out) -> std::string {
    for (const std::string& word : words)
      if (text == word) return out = Origin{word == "memory" ? Kind::memory : Kind::store, "", ""}, "";
    const std::size_t dot = text.find('.');
    if (answer.empty() || dot == 0 || dot == std::string::npos || text.substr(dot + 1) != answer) return "expected " + expected;
    out = Origin{Kind::system, text.substr(0, dot), answer};
    return {};
  };
  return config::spelled<Origin>(expected, pattern, parse, [](const Origin& o) { return o.text(); });
}

config::Typed<Unanswered> unanswered(bool last_known) {
  std::vector<config::Choice<Unanswered>> words{{"accept", Unanswered::accept, "as if the check had passed"},
                                                {"hold", Unanswered::hold, "the order waits for a person"},
                                                {"reject", Unanswered::reject, "the order is refused"},
                                                {"indeterminate", Unanswered::indeterminate, "nobody can say now; the caller asks again"}};
  if (last_known) words.push_back({"last_known", Unanswered::last_known, "the last answer counts while it is young enough"});
  return one_of(words);
}

config::Typed<WhenIndeterminate> when_indeterminate() {
  static const auto type = one_of<WhenIndeterminate>(
      {{"hold", WhenIndeterminate::hold, "the order is taken on hold"},
       {"refuse", WhenIndeterminate::refuse, "it is refused for now: 503 not_ready, and the caller comes again"}});
  return type;
}

const config::Settings<Without>& without() {
  static const auto settings =
      config::Settings<Without>("without", "What a check does when its system does not answer in time.")
          .optional("use", &Without::use, "What counts in place of the answer.", unanswered(true))
          .optional("max_age", &Without::max_age, "How old the last known answer may be.", duration(milliseconds(1000), hours(24 * 365)))
          .only_if("use", {"last_known"})
          .optional("otherwise", &Without::otherwise, "What counts when the last known answer is older, or there is none.",
                    unanswered(false))
          .only_if("use", {"last_known"});
  return settings;
}

/// What all checks have. `from` says who may answer.
template <class C>
config::Settings<C> check(const std::string& name, const std::string& summary, const config::Typed<Origin>& from) {
  config::Settings<C> settings(name, summary);
  settings.optional("enabled", &C::enabled, "Whether the check is made at all; else it is shown as skipped.")
      .optional("from", &C::from, "Who knows the answer.", from)
      .optional("severity", &C::severity, "Of all findings of this check, in place of each one's own.")
      .example("hold");
  return settings;
}

const config::Settings<Check>& store_check() {
  static const auto settings = check<Check>("check", "An order check that is answered from the store.", origin({"store"}));
  return settings;
}

config::Settings<AskedCheck> asked_check(const std::string& name, const std::string& answer) {
  return check<AskedCheck>(name, "An order check that the store answers, or a system.", origin({"store"}, answer))
      .optional("timeout", &AskedCheck::timeout, "How long the system is waited for.", duration(milliseconds(1), milliseconds(30'000)))
      .optional("without", &AskedCheck::without, "What happens without an answer.", without().type())
      .optional("when_indeterminate", &AskedCheck::when_indeterminate, "What a capture does when nobody can say now.",
                when_indeterminate());
}

const config::Settings<PriceCheck>& price_check() {
  static const auto settings = check<PriceCheck>("price_check", "Whether a line's price is the list's.", origin({"store"}))
                                   .optional("tolerance", &PriceCheck::tolerance, "How far a price may be from the list's.",
                                             config::percent(Decimal(), Decimal::of(1)))
                                   .example("0.5%");
  return settings;
}

const config::Settings<ShipToCheck>& ship_to_check() {
  static const auto settings = check<ShipToCheck>("ship_to_check", "Whether the address can be shipped to.", origin({"store"}))
                                   .optional("restricted_countries", &ShipToCheck::restricted_countries,
                                             "Nothing is shipped to these countries (ISO 3166-1 alpha-2).",
                                             config::list_of(config::text_like("[A-Z]{2}", "a country code such as US")))
                                   .example("[KP]");
  return settings;
}

const config::Settings<AtpCheck>& atp_check() {
  static const auto settings = check<AtpCheck>("atp_check", "Whether the lines can be promised.", origin({"memory"}))
                                   .optional("stale_after", &AtpCheck::stale_after,
                                             "The age of a feed's watermark from which its stock counts as stale.", duration())
                                   .optional("when_stale", &AtpCheck::when_stale, "What stale stock is worth when an order is checked.")
                                   .optional("when_indeterminate", &AtpCheck::when_indeterminate,
                                             "What a capture does when its stock is too old to promise on.", when_indeterminate());
  return settings;
}

const config::Settings<Checks>& checks() {
  static const auto credit = asked_check("credit_check", "credit");
  static const auto shipping_method = asked_check("shipping_method_check", "shipping_method");
  const auto from_store = store_check().type();
  static const auto settings =
      config::Settings<Checks>("checks", "The order checks, each with its source, its limit, and what happens without an answer.")
          .optional("customer", &Checks::customer, "The customer is known, active and not blocked.", from_store)
          .optional("customer_po", &Checks::customer_po, "The customer's order number was not used before.", from_store)
          .optional("item", &Checks::item, "Items are known and sold; units convert; quantities fit minimum, multiple and maximum.",
                    from_store)
          .optional("dates", &Checks::dates, "Dates are not past and leave the lead time.", from_store)
          .optional("terms", &Checks::terms, "The terms are the customer's.", from_store)
          .optional("currency", &Checks::currency, "The currency is known and the customer's.", from_store)
          .optional("totals", &Checks::totals, "The totals given are those of the lines.", from_store)
          .optional("credit", &Checks::credit, "The order fits the customer's credit, pending orders counted.", credit.type())
          .optional("shipping_method", &Checks::shipping_method, "The method serves the address and the weight.", shipping_method.type())
          .optional("price", &Checks::price, "Prices are the list's.", price_check().type())
          .optional("ship_to", &Checks::ship_to, "The address is known and not restricted.", ship_to_check().type())
          .optional("atp", &Checks::atp, "There is stock, or will be.", atp_check().type());
  return settings;
}

}  // namespace

config::Typed<Capture> type_of(const Capture*) {
  static const auto release =
      one_of<Release>({{"auto", Release::automatic, "an accepted order without holds goes to its warehouses by itself"},
                       {"manual", Release::manual, "a person or the shop releases each order"}});
  static const auto settings =
      config::Settings<Capture>("capture", "How orders are taken.")
          .optional("release", &Capture::release, "Who releases an accepted order.", release)
          .optional("release_ahead", &Capture::release_ahead, "How long before its ship date an order is released, in days.",
                    duration(milliseconds(0), hours(24 * 365)))
          .optional("checks", &Capture::checks, "The order checks.", checks().type())
          .rule([](const Capture& capture, config::Input& input) {
            if (capture.release_ahead % hours(24) != milliseconds(0))
              input.problem(input.where(input.path() + ".release_ahead"), "expected whole days", "write 2d");
          });
  return settings.type();
}

config::Typed<Availability> type_of(const Availability*) {
  static const auto method = one_of<AtpMethod>(
      {{"cumulative_lookahead", AtpMethod::cumulative_lookahead, "what may be promised on a day without breaking a later promise"}});
  static const auto sourcing = one_of<Sourcing>({{"priority", Sourcing::priority, "locations by their priority"},
                                                 {"fewest_splits", Sourcing::fewest_splits, "as few locations as possible"}});
  static const auto supply = one_of<Supply>({{"ignore", Supply::ignore, "it does not count"}, {"count", Supply::count, "it counts"}});
  static const auto settings =
      config::Settings<Availability>("availability", "How the question \"what can I promise\" is answered.")
          .optional("method", &Availability::method, "How available-to-promise is computed.", method)
          .optional("sourcing", &Availability::sourcing, "Which locations serve a line that names none: the first rule, then the next.",
                    config::list_of(sourcing, 1))
          .optional("past_due_supply", &Availability::past_due_supply, "Supply that should have come before today.", supply)
          .optional("unconfirmed_supply", &Availability::unconfirmed_supply, "Supply that its owner has not confirmed.", supply)
          .optional("stale_after", &Availability::stale_after, "The age of a feed's watermark from which its stock counts as stale.",
                    duration())
          .optional("when_stale", &Availability::when_stale, "What stale stock is worth in an availability answer.");
  return settings.type();
}

}  // namespace crossdock::app
