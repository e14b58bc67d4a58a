// The schema that this binary brings.
#pragma once
#include <vector>

#include "postgres/migrate.hpp"

namespace crossdock::app {

/// Throws std::logic_error if the embedded files are no series: a bug of the build.
const std::vector<postgres::Migration>& migrations();
Outcome bring_up_to_date(const postgres::Settings& database);
Outcome check_up_to_date(const postgres::Settings& database);

}  // namespace crossdock::app
