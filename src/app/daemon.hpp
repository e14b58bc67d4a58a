// `crossdock run`: start in order, serve, stop in order.
#pragma once
#include <string>

#include "app/settings/load.hpp"

namespace crossdock::app {

struct RunOptions {
  std::string folder;
  Flags flags;
  bool migrate = true;
};

/// Blocks until SIGTERM or SIGINT; answers the exit code. SIGHUP applies the folder anew.
int run(const RunOptions& options);

}  // namespace crossdock::app
