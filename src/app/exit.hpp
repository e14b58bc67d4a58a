// Exit codes of the command line (OPERATORS.md).
#pragma once

namespace crossdock::app {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_difference = 2;
inline constexpr int exit_usage = 64;
inline constexpr int exit_unavailable = 69;
inline constexpr int exit_configuration = 78;

}  // namespace crossdock::app
