// All SQL of the writers, by name.
#pragma once
#include <vector>

#include "postgres/connection.hpp"

namespace crossdock::store {

std::vector<postgres::Statement> load_statements();
std::vector<postgres::Statement> apply_statements();
/// Both: what a connection that decides needs.
std::vector<postgres::Statement> decide_statements();

}  // namespace crossdock::store
