// From what was configured to what the rooms take.
#pragma once
#include <string>

#include "api/api.hpp"
#include "app/settings/settings.hpp"
#include "http/server.hpp"
#include "hub/settings.hpp"

namespace crossdock::app {

/// No log line shows a secret of these settings, wherever it stands in it (log::hide). Before anything else is done with them.
void hide_secrets(const Settings& settings);
postgres::Settings database_settings(const Settings& settings);
hub::Settings hub_settings(const Settings& settings);
api::Settings api_settings(const Settings& settings);
/// `listen` is host:port, as the settings were checked.
http::Settings server_settings(const Settings& settings, const std::string& listen);

}  // namespace crossdock::app
