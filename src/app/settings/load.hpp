// From a folder, the environment and flags to settings, or to all that is wrong with them.
#pragma once
#include <map>
#include <string>

#include "app/settings/settings.hpp"
#include "config/problem.hpp"
#include "config/type.hpp"

namespace crossdock::app {

/// Setting path -> value as it would stand in crossdock.yaml: {{"listen.api", "127.0.0.1:0"}}.
using Flags = std::map<std::string, std::string>;

struct Loaded {
  Settings settings;
  config::Problems problems;  ///< sorted by place
  bool usable() const { return !config::any_error(problems); }
};

enum class References {
  must_resolve,  ///< a variable or secret file that is absent is an error: for the daemon
  may_be_absent  ///< it is a warning: for a look at the files on another machine
};

/// Reads crossdock.yaml and systems/*.yaml of `folder`. Precedence: file < environment (CROSSDOCK_POSTGRES_URL, CROSSDOCK_KAFKA_BROKERS,
/// CROSSDOCK_API_LISTEN, CROSSDOCK_ADMIN_LISTEN) < flags. Touches nothing but these files and the secret files that they name.
Loaded load(const std::string& folder, const config::Environment& environment = config::process_environment, const Flags& flags = {},
            References references = References::must_resolve);

/// What `crossdock check` says and exits with.
struct Checked {
  config::Problems problems;
  int exit_code = 0;  ///< 0 all well (warnings allowed), 78 bad configuration, 1 the folder cannot be read
};
Checked check(const std::string& folder, const config::Environment& environment = config::process_environment);

/// The settings as YAML, defaults written out, secrets masked: what `crossdock config` and the admin page show.
std::string shown(const Settings& settings);

}  // namespace crossdock::app
