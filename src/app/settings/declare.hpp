// The declarations of settings.hpp's structs: what each setting is called, means, holds and defaults to. Said once, here.
#pragma once
#include "app/settings/settings.hpp"
#include "config/settings.hpp"

namespace crossdock::app {

const config::Settings<Settings>& daemon_settings();  ///< crossdock.yaml (but its systems, which are files of their own)
const config::Settings<System>& system_settings();    ///< systems/<name>.yaml

// Found by config::Settings through their structs' namespace.
config::Typed<std::optional<Rate>> rate();  ///< not by type_of: Rate is base's, where nobody looks for ours
config::Typed<Selection> type_of(const Selection*);
config::Typed<Severity> type_of(const Severity*);
config::Typed<WhenStale> type_of(const WhenStale*);
config::Typed<Client> type_of(const Client*);
config::Typed<Capture> type_of(const Capture*);
config::Typed<Availability> type_of(const Availability*);
config::Typed<Feed> type_of(const Feed*);
config::Typed<Answer> type_of(const Answer*);

/// The names that a path or query of an answer may hold as `:name`.
const std::vector<std::string_view>& question_names();
/// Whether an address such as 127.0.0.1:8080 is reached from this machine only.
bool loopback(std::string_view address);

}  // namespace crossdock::app
