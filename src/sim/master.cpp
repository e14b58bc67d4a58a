// Writes the catalogue's import bodies into files.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sim/catalogue.hpp"
#include "sim/programs.hpp"

namespace crossdock::sim {

int write_master(const MasterOptions& options) {
  const auto retail = read_retail_file(options.data);
  if (!retail) return fail(retail.fault());
  const auto catalogue = make_catalogue(*retail);
  std::error_code failed;
  std::filesystem::create_directories(options.out, failed);
  for (const auto& [kind, text] : import_bodies(catalogue, Zone().date_of(Instant::now()))) {
    std::ofstream file(options.out + "/" + kind + ".ndjson", std::ios::binary);
    file << text;
    file.close();
    if (!file) return std::fprintf(stderr, "error: cannot write %s/%s.ndjson\n", options.out.c_str(), kind.c_str()), 1;
  }
  std::printf(
      "%zu orders, %zu lines, %zu items, %zu customers, %zu prices, %zu supplies (left out: %zu returns, %zu without price, %zu of "
      "unknown countries)\n",
      catalogue.orders.size(), retail->lines, catalogue.items.size(), catalogue.customers.size(), catalogue.prices.size(),
      catalogue.supplies.size(), retail->returns, retail->without_price, retail->unknown_country);
  return 0;
}

}  // namespace crossdock::sim
