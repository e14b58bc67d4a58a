// The SQL by which a batch's rows are written: see rows_of.
#include <algorithm>

#include "store/statements.hpp"

namespace crossdock::store {

namespace {

struct Column {
  std::string_view name, type;
};

std::vector<Column> columns_of(std::string_view text) {
  std::vector<Column> all;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find(", "));
    text.remove_prefix(std::min(text.size(), one.size() + 2));
    const auto space = one.find(' ');
    all.push_back({one.substr(0, space), one.substr(space + 1)});
  }
  return all;
}

/// Each name, said by `say`, parted by commas.
template <class Say>
std::string list(std::string_view columns, Say say) {
  std::string out;
  for (const auto& column : columns_of(columns)) {
    if (!out.empty()) out += ", ";
    out += say(std::string(column.name));
  }
  return out;
}

std::string names(std::string_view columns, const std::string& prefix = {}) {
  return list(columns, [&](const std::string& name) { return prefix + name; });
}

std::string same_keys(std::string_view keys) { return " where (" + names(keys, "t.") + ") = (" + names(keys, "a.") + ")"; }

}  // namespace

std::string rows_of(std::string_view columns) {
  std::string out = "(select ";
  int number = 0;
  for (const auto& [name, type] : columns_of(columns)) {
    if (number++ > 0) out += ", ";
    out.append("unnest($").append(std::to_string(number)).append("::").append(type).append("[]) as ").append(name);
  }
  return out + ")";
}

std::string insert_rows(std::string_view table, std::string_view columns, std::string_view ending) {
  std::string out = "insert into " + std::string(table) + " (" + names(columns) + ") select * from " + rows_of(columns) + " as a";
  if (!ending.empty()) out.append(" ").append(ending);
  return out;
}

std::string update_rows(std::string_view table, std::string_view keys, std::string_view values) {
  const auto all = std::string(keys) + ", " + std::string(values);
  return "update " + std::string(table) + " t set " + list(values, [](const std::string& name) { return name + " = a." + name; }) +
         " from " + rows_of(all) + " as a" + same_keys(keys);
}

std::string delete_rows(std::string_view table, std::string_view keys) {
  return "delete from " + std::string(table) + " t using " + rows_of(keys) + " as a" + same_keys(keys);
}

}  // namespace crossdock::store
