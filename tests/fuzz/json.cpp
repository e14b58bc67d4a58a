// The strict reader against nlohmann's, and the canonical text against itself (tests/base/json_oracle.hpp has the documented differences).
#include "base/json_oracle.hpp"
#include "fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static crossdock::json::Document document;  // reused, as a connection does
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto complaint = crossdock::json::oracle::complaint(document, text);
  crossdock::require(!complaint, complaint.value_or(""));
  crossdock::require(document.duplicates().empty() == !document.has_duplicates(), "the duplicates can be named");
  return 0;
}
