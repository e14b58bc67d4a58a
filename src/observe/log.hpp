// Log events: one JSON line each, on standard error; said by name with typed fields, never by format strings.
#pragma once
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };

std::string_view word(Level level);  ///< "debug", "info", "warning", "error", "off"
std::optional<Level> level_named(std::string_view word);

/// A named value of an event. It borrows its text: build it in the call, do not keep it.
/// A name is snake_case and carries its unit (`wait_ms`, `size_bytes`). Names that sound like a secret (password, token, api_key, ...)
/// are shown as "***" whatever they hold.
class Field {
 public:
  Field(std::string_view name, std::string_view value) : name_(name), kind_(Kind::text), text_(value) {}
  Field(std::string_view name, const char* value) : Field(name, std::string_view(value)) {}
  Field(std::string_view name, const std::string& value) : Field(name, std::string_view(value)) {}
  template <std::same_as<bool> B>
  Field(std::string_view name, B value) : name_(name), kind_(Kind::boolean), integer_(value) {}
  template <std::integral I>
    requires(!std::same_as<I, bool>)
  Field(std::string_view name, I value) : name_(name), kind_(Kind::integer), integer_(static_cast<std::int64_t>(value)) {}
  template <std::floating_point F>
  Field(std::string_view name, F value) : name_(name), kind_(Kind::real), real_(static_cast<double>(value)) {}
  Field(std::string_view name, Decimal value) : name_(name), kind_(Kind::owned), owned_(value.text()) {}
  Field(std::string_view name, Instant value) : name_(name), kind_(Kind::owned), owned_(value.text()) {}
  Field(std::string_view name, Date value) : name_(name), kind_(Kind::owned), owned_(value.text()) {}
  /// In milliseconds with three places: name it `..._ms`.
  template <class R, class P>
  Field(std::string_view name, std::chrono::duration<R, P> value)
      : name_(name), kind_(Kind::real), real_(std::chrono::duration<double, std::milli>(value).count()) {}

 private:
  friend class Line;
  enum class Kind : std::uint8_t { text, owned, integer, real, boolean };
  std::string_view name_;
  Kind kind_;
  std::string_view text_{};
  std::string owned_{};
  std::int64_t integer_ = 0;
  double real_ = 0;
};

/// Where the lines go and how.
struct Options {
  std::string instance;  ///< shown in every line when not empty
  Level level = Level::info;
  int fd = 2;
  std::size_t queue = 8192;  ///< lines that may wait for a blocked reader; beyond it the oldest are dropped and counted
  std::function<void(std::string_view line)> sink;  ///< instead of `fd`: called at once, one call at a time (tests)
};

/// Starts the writer thread. Before start() and after stop() events are written to standard error by their caller.
void start(Options options);
/// Writes what waits, for at most `budget`; what is left then is dropped. Safe to call twice.
void stop(std::chrono::milliseconds budget = std::chrono::seconds(1));

/// Any thread, at any time.
void set_level(Level level);
Level level();
namespace detail {
extern std::atomic<Level> threshold;
}
inline bool enabled(Level l) { return l >= detail::threshold.load(std::memory_order_relaxed); }

/// From now on `secret` is written as "***" wherever it stands in a value. Texts under 6 characters are not taken: they would hide words.
void hide(std::string secret);

/// Says that `name` ("intake.gap", dotted, low cardinality) happened. Fields of a general meaning have fixed names:
/// `message` (for people), `correlation_id`, `code`, `system`, `feed`. Any thread; never blocks on the reader.
///   log::event(log::Level::warning, "intake.gap", {{"feed", feed}, {"missing", 3}, {"correlation_id", id}});
void event(Level level, std::string_view name, std::initializer_list<Field> fields = {});
inline void debug(std::string_view name, std::initializer_list<Field> fields = {}) {
  if (enabled(Level::debug)) event(Level::debug, name, fields);
}
inline void info(std::string_view name, std::initializer_list<Field> fields = {}) { event(Level::info, name, fields); }
inline void warning(std::string_view name, std::initializer_list<Field> fields = {}) { event(Level::warning, name, fields); }
inline void error(std::string_view name, std::initializer_list<Field> fields = {}) { event(Level::error, name, fields); }

/// Lines dropped since the process began, because their reader did not keep up.
std::uint64_t dropped();

}  // namespace crossdock::log
