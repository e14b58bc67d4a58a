// The commands that are not the daemon. Each answers its exit code.
#pragma once
#include <string>

#include "app/settings/load.hpp"

namespace crossdock::app {

struct CommandOptions {
  std::string folder = ".";
  Flags flags;
  bool json = false;
};

int check_folder(const CommandOptions& options, const std::string& format);
int migrate_status(const CommandOptions& options);
int migrate_up(const CommandOptions& options);
int migrate_verify(const CommandOptions& options);
int doctor(const CommandOptions& options);
int verify_data(const CommandOptions& options);

}  // namespace crossdock::app
