#include "limit_rows.hpp"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace crossdock::bench {

namespace {

void append_element(std::string& literal, const std::pair<bool, std::string>& value) {
  if (literal.size() > 1) literal += ',';
  if (value.first) {
    literal += "NULL";
    return;
  }
  literal += '"';
  for (const char c : value.second) {
    if (c == '"' || c == '\\') literal += '\\';
    literal += c;
  }
  literal += '"';
}

/// The rows of one table in one batch, as they are to be written.
std::vector<Row> rows_of(const Table& table, const std::vector<const std::vector<Row>*>& parts) {
  std::vector<Row> out;
  if (table.joined) {
    std::string all;
    for (const auto* part : parts)
      for (const auto& row : *part) all += row.at(0).second;
    if (!all.empty()) out.push_back({{false, all}});
  } else if (table.write == Write::insert) {
    for (const auto* part : parts) out.insert(out.end(), part->begin(), part->end());
  } else {
    std::map<std::vector<std::string>, const Row*> last;
    for (const auto* part : parts)
      for (const auto& row : *part) {
        std::vector<std::string> key;
        for (const auto column : table.keys) key.push_back(row[column].second);
        last[key] = &row;
      }
    for (const auto& [key, row] : last) out.push_back(*row);
  }
  return out;
}

Call call_of(std::size_t number, const Table& table, std::vector<Row> rows, long pass) {
  Call call{number, std::vector<std::string>(table.columns.size(), "{"), rows.size()};
  for (auto& row : rows) {
    for (const auto column : table.bumps) row[column].second = std::to_string(std::stoll(row[column].second) + pass);
    for (std::size_t column = 0; column < row.size(); ++column) append_element(call.parameters[column], row[column]);
  }
  for (auto& parameter : call.parameters) parameter += '}';
  return call;
}

std::string list(const std::vector<std::string>& names, const std::string& before) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + before + name;
  return out;
}

std::vector<std::string> named(const Table& table, const std::vector<std::size_t>& columns) {
  std::vector<std::string> out;
  for (const auto column : columns) out.push_back(table.columns[column]);
  return out;
}

std::vector<std::size_t> indexes(const nlohmann::json& names, const std::vector<std::string>& columns) {
  std::vector<std::size_t> out;
  for (const auto& name : names)
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i] == name.get<std::string>()) out.push_back(i);
  return out;
}

}  // namespace

std::string Table::statement(std::size_t first_parameter) const {
  std::string arrays, sets;
  for (std::size_t i = 0; i < types.size(); ++i)
    arrays += (i ? ", unnest($" : "unnest($") + std::to_string(first_parameter + i) + "::" + types[i] + "[]) as " + columns[i];
  const std::string from = write == Write::upsert ? "excluded." : "a.";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    bool is_key = false;
    for (const auto key : keys) is_key = is_key || key == i;
    if (!is_key) sets += (sets.empty() ? "" : ", ") + columns[i] + " = " + from + columns[i];
  }
  const auto all = list(columns, "");
  if (write == Write::update)
    return "update " + name + " t set " + sets + " from (select " + arrays + ") as a where (" + list(named(*this, keys), "t.") + ") = (" +
           list(named(*this, keys), "a.") + ")";
  std::string text = "insert into " + name + " as t (" + all + ") select " + arrays;
  if (write == Write::upsert)
    text += " on conflict (" + list(named(*this, keys), "") + ") do update set " + sets + " where (" + list(named(*this, guard), "t.") +
            ") < (" + list(named(*this, guard), "excluded.") + ")";
  return text;
}

Rows Rows::read(const std::string& file) {
  std::ifstream in(file);
  const auto json = nlohmann::json::parse(in);
  Rows rows;
  for (const auto& each : json.at("tables")) {
    Table table;
    table.name = each.at("name");
    table.columns = each.at("columns").get<std::vector<std::string>>();
    table.types = each.at("types").get<std::vector<std::string>>();
    const std::string how = each.at("write");
    table.write = how == "insert" ? Write::insert : how == "update" ? Write::update : Write::upsert;
    table.keys = indexes(each.at("keys"), table.columns);
    table.bumps = indexes(each.at("bumps"), table.columns);
    table.guard = indexes(each.at("guard"), table.columns);
    table.joined = each.at("joined");
    rows.tables.push_back(std::move(table));
  }
  for (const auto& each : json.at("units")) {
    Unit unit;
    for (const auto& part : each) {
      auto& into = unit.emplace_back();
      for (const auto& row : part) {
        Row& out = into.emplace_back();
        for (const auto& value : row) out.emplace_back(value.is_null(), value.is_null() ? "" : value.get<std::string>());
      }
    }
    rows.units.push_back(std::move(unit));
  }
  return rows;
}

std::vector<Batch> Rows::batches(std::size_t size, long pass, std::size_t parts) const {
  std::vector<Batch> all;
  const auto length = units.size() / parts, first = static_cast<std::size_t>(pass) % parts * length;
  for (std::size_t from = first; from + size <= first + length; from += size) {
    Batch batch;
    for (std::size_t table = 0; table < tables.size(); ++table) {
      std::vector<const std::vector<Row>*> rows_by_unit;
      for (std::size_t i = from; i < from + size; ++i) rows_by_unit.push_back(&units[i][table]);
      auto rows = rows_of(tables[table], rows_by_unit);
      if (!rows.empty()) batch.push_back(call_of(table, tables[table], std::move(rows), pass));
    }
    all.push_back(std::move(batch));
  }
  return all;
}

}  // namespace crossdock::bench
