// What a fuzz target says when a property does not hold: print it and abort, so that libFuzzer keeps the input.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace crossdock {

inline void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "\ndoes not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace crossdock
