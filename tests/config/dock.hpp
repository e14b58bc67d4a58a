// A made-up struct with a setting of every type, for the tests of room config.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace crossdock::dock {

enum class Colour { red, green, blue };

struct Ramp {
  int width = 3;
  std::optional<std::string> note;
};

struct Fallback {
  Colour use = Colour::red;
  std::chrono::milliseconds after{1000};
};

struct Anybody {
  bool any = false;
  std::vector<std::string> names;
};

struct Dock {
  std::string title;
  std::string code = "d-1";
  bool open = true;
  int doors = 4;
  std::int64_t buffer = 16 << 20;
  std::chrono::milliseconds wait{300};
  Decimal load = Decimal::of(12);
  Decimal share;
  Date since{20000};
  Colour colour = Colour::green;
  Secret key;
  std::vector<int> bays{1, 2};
  std::map<std::string, Ramp> ramps;
  Fallback fallback;
  std::optional<Date> until;
  Anybody who;
};

inline config::Typed<Colour> type_of(const Colour*) {
  return config::one_of<Colour>({{"red", Colour::red, "stop"}, {"green", Colour::green, "go"}, {"blue", Colour::blue, "wait"}});
}

inline const config::Settings<Ramp>& ramp() {
  static const auto settings = config::Settings<Ramp>("ramp", "A ramp.")
                                   .optional("width", &Ramp::width, "In metres.", config::integer(1, 9))
                                   .optional("note", &Ramp::note, "For people.")
                                   .example("wet");
  return settings;
}

inline const config::Settings<Fallback>& fallback() {
  static const auto settings = config::Settings<Fallback>("fallback", "What is done then.")
                                   .optional("use", &Fallback::use, "Which colour.")
                                   .optional("after", &Fallback::after, "How late.")
                                   .only_if("use", {"blue"});
  return settings;
}

inline const config::Settings<Dock>& dock() {
  using namespace std::chrono_literals;
  static const auto settings =
      config::Settings<Dock>("dock", "A dock.")
          .required("title", &Dock::title, "What people call it.")
          .example("East dock")
          .optional("code", &Dock::code, "Its code.", config::name())
          .optional("open", &Dock::open, "Whether it is.")
          .optional("doors", &Dock::doors, "How many.", config::integer(0, 64))
          .optional("buffer", &Dock::buffer, "How much.", config::size(1024, 1 << 30))
          .optional("wait", &Dock::wait, "How long.", config::duration(1ms, 24h))
          .optional("load", &Dock::load, "How heavy.", config::decimal(Decimal(), Decimal::of(100)))
          .optional("share", &Dock::share, "How much of it.", config::percent(Decimal(), Decimal::of(1)))
          .optional("since", &Dock::since, "From when.")
          .optional("colour", &Dock::colour, "Which.")
          .optional("key", &Dock::key, "Not shown.")
          .optional("bays", &Dock::bays, "Numbers.", config::list_of(config::integer(1, 99), 1))
          .optional("ramps", &Dock::ramps, "By name.", config::map_of({"ramp", {}}, ramp().type()))
          .optional("fallback", &Dock::fallback, "Then.", fallback().type())
          .optional("until", &Dock::until, "To when.")
          .optional("who", &Dock::who, "Anybody.",
                    config::word_or<Anybody>("any", &Anybody::any, &Anybody::names, config::list_of(config::name(), 1)))
          .rule(
              [](const Dock& d, config::Input& input) {
                if (d.doors == 0 && d.open) input.problem(input.where("doors"), "an open dock needs a door", "open: false");
              },
              {"doors", "open"});
  return settings;
}

}  // namespace crossdock::dock
