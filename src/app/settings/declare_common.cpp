// Values that several settings share.
#include <fmt/format.h>

#include <charconv>

#include "app/settings/declare.hpp"

namespace crossdock::app {
namespace {

/// What is wrong with `text` as a rate; nothing when it is one.
std::string parse_rate(const std::string& text, Rate& out) {
  constexpr const char* expected = "expected a rate such as 200/s or 600/min";
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || text[0] == '0') return expected;
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + slash, count);
  if (error != std::errc{} || end != text.data() + slash || count < 1 || count > 1'000'000) return expected;
  const std::string unit = text.substr(slash + 1);
  if (unit != "s" && unit != "min" && unit != "h") return expected;
  out = {count, milliseconds(unit == "s" ? 1000 : unit == "min" ? 60'000 : 3'600'000)};
  return {};
}

std::string rate_text(const Rate& rate) {
  const auto ms = rate.per.count();
  return fmt::format("{}/{}", rate.count, ms == 1000 ? "s" : ms == 60'000 ? "min" : "h");
}

}  // namespace

std::string Origin::text() const {
  switch (kind) {
    case Kind::store:
      return "store";
    case Kind::memory:
      return "memory";
    case Kind::system:
      break;
  }
  return system + "." + answer;
}

config::Typed<std::optional<Rate>> rate() {
  static const auto type =
      config::maybe(config::spelled<Rate>("a rate such as 200/s or 600/min", "[1-9][0-9]*/(s|min|h)", parse_rate, rate_text));
  return type;
}

config::Typed<Selection> type_of(const Selection*) {
  static const auto names =
      config::list_of(config::text_like("[A-Za-z0-9][A-Za-z0-9._-]{0,62}", "a code of letters, digits, . _ and -"), 1);
  static const auto type = config::word_or<Selection>("any", &Selection::any, &Selection::names, names);
  return type;
}

config::Typed<Severity> type_of(const Severity*) {
  static const auto type =
      config::one_of<Severity>({{"info", Severity::info, "the answer mentions it"},
                                {"hold", Severity::hold, "the order waits for a person"},
                                {"reject", Severity::reject, "the order is refused"},
                                {"indeterminate", Severity::indeterminate, "nobody can say now; the caller asks again"}});
  return type;
}

config::Typed<WhenStale> type_of(const WhenStale*) {
  static const auto type = config::one_of<WhenStale>(
      {{"serve", WhenStale::serve, "as if it were fresh, marked stale"},
       {"conservative", WhenStale::conservative, "a stale location counts as empty; what the others do not cover is indeterminate"},
       {"deny", WhenStale::deny, "a line that rests on a stale location is indeterminate and promises nothing"}});
  return type;
}

bool loopback(std::string_view address) {
  const std::string_view host = address.substr(0, address.rfind(':'));
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace crossdock::app
