// The raw requests of cases/*.txt; cases/README.md says how they are written.
#pragma once
#include <ostream>
#include <string>
#include <vector>

namespace crossdock::http {

struct Case {
  std::string name;
  std::vector<int> statuses;
  bool open = false;
  bool head = false;
  int requests = 0;  ///< that the bytes hold
  std::string bytes;
};

inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<Case> read_cases();

}  // namespace crossdock::http
