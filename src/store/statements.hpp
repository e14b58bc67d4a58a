// All SQL of the writers, by name.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "postgres/connection.hpp"

namespace crossdock::store {

std::vector<postgres::Statement> load_statements();
std::vector<postgres::Statement> apply_statements();
/// Both: what a connection that decides needs.
std::vector<postgres::Statement> decide_statements();

/// A batch's rows from one array a column: "sku text, version int8" is a subquery over $1::text[] and $2::int8[].
/// The arrays stand in the select list: there PostgreSQL takes their elements as it goes, while `from unnest($1, $2)` first puts each
/// column into a store of its own, which was 2.9 of 14 us for the row of a position.
std::string rows_of(std::string_view columns);
/// Writes such rows; `ending` may say an order, a conflict, what is returned.
std::string insert_rows(std::string_view table, std::string_view columns, std::string_view ending = {});
/// Sets `values` where the `keys` are: both as in rows_of, keys first.
std::string update_rows(std::string_view table, std::string_view keys, std::string_view values);
std::string delete_rows(std::string_view table, std::string_view keys);

}  // namespace crossdock::store
