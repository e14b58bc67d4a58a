#include "app/migrations.hpp"

#include <stdexcept>

#include "embedded/migrations.hpp"
#include "observe/log.hpp"

namespace crossdock::app {

const std::vector<postgres::Migration>& migrations() {
  static const std::vector<postgres::Migration> all = [] {
    auto found = postgres::migrations_from(embedded::migrations());
    if (!found) throw std::logic_error(found.fault().message());
    return std::move(found).value();
  }();
  return all;
}

Outcome bring_up_to_date(const postgres::Settings& database) {
  postgres::Connection connection(database, "migrate");
  auto applied = postgres::migrate(connection, migrations());
  if (!applied) return applied.fault();
  for (int number : *applied) log::info("migrated", {{"number", number}});
  return Done{};
}

Outcome check_up_to_date(const postgres::Settings& database) {
  postgres::Connection connection(database, "migrate");
  return postgres::verify_migrations(connection, migrations());
}

}  // namespace crossdock::app
