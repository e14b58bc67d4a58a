// The commands that are not the daemon. Each answers its exit code.
#pragma once
#include <optional>
#include <string>

#include "app/settings/load.hpp"
#include "crossdock/base/result.hpp"

namespace crossdock::app {

struct CommandOptions {
  std::string folder = ".";
  Flags flags;
  bool json = false;
};

/// Where the signed heads are, and the key that they were signed with, where the folder does not say it.
struct AuditOptions {
  std::string heads, key;
};

/// Says why on standard error; the exit code for it.
int said(const Fault& fault);
/// The folder's settings; nothing when it does not check, which is said on standard error.
std::optional<Settings> settings_of(const CommandOptions& options);

int check_folder(const CommandOptions& options, const std::string& format);
int migrate_status(const CommandOptions& options);
int migrate_up(const CommandOptions& options);
int migrate_verify(const CommandOptions& options);
int doctor(const CommandOptions& options);
int verify_data(const CommandOptions& options);
int audit_verify(const CommandOptions& options, const AuditOptions& audit);

}  // namespace crossdock::app
