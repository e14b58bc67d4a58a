#include "sim/retail.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

namespace crossdock::sim {

namespace {

constexpr std::array<std::string_view, 8> columns{"InvoiceNo",   "StockCode", "Description", "Quantity",
                                                  "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};
enum Column { invoice, stock_code, description, quantity, invoice_date, unit_price, customer_id, country };

std::optional<std::string> code_of(std::string_view name) {
  static const std::map<std::string_view, std::string> codes{{"United Kingdom", "GB"}, {"Norway", "NO"},  {"EIRE", "IE"},
                                                             {"France", "FR"},         {"Germany", "DE"}, {"Australia", "AU"},
                                                             {"Netherlands", "NL"}};
  const auto it = codes.find(name);
  return it == codes.end() ? std::nullopt : std::optional(it->second);
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

Fault bad(std::size_t row, const std::string& why) { return {FaultKind::invalid, "bad_csv", "row " + std::to_string(row) + ": " + why}; }

/// Reads one row into the orders; what is left out is counted.
std::optional<Fault> take(const std::vector<std::string>& row, std::size_t number, Retail& out,
                          std::map<std::string, RetailOrder>& orders) {
  if (row.size() != columns.size()) return bad(number, "it has " + std::to_string(row.size()) + " columns, not 8");
  std::int64_t pieces = 0;
  const auto& digits = row[quantity];
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pieces);
  if (error != std::errc() || end != digits.data() + digits.size()) return bad(number, "the quantity '" + digits + "' is no whole number");
  const auto price = Decimal::parse(row[unit_price]);
  if (!price) return bad(number, "the price '" + row[unit_price] + "' is no decimal");
  if (pieces <= 0 || row[invoice].starts_with("C")) return ++out.returns, std::nullopt;
  if (!price.value.positive()) return ++out.without_price, std::nullopt;
  const auto code = code_of(trimmed(row[country]));
  if (!code) return ++out.unknown_country, std::nullopt;
  auto& order = orders[row[invoice]];
  order.number = row[invoice];
  order.customer = row[customer_id].empty() ? "CASH" : row[customer_id];
  order.country = *code;
  order.lines.push_back({trimmed(row[stock_code]), trimmed(row[description]), pieces, price.value});
  ++out.lines;
  return std::nullopt;
}

}  // namespace

std::vector<std::vector<std::string>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool quoted = false;
  const auto end_row = [&] {
    row.push_back(std::move(cell));
    cell.clear();
    if (row.size() > 1 || !row.front().empty()) rows.push_back(std::move(row));
    row.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"')
        cell += c;
      else if (i + 1 < text.size() && text[i + 1] == '"')
        cell += text[++i];
      else
        quoted = false;
    } else if (c == '"' && cell.empty()) {
      quoted = true;
    } else if (c == ',') {
      row.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (!row.empty() || !cell.empty()) end_row();
  return rows;
}

Result<Retail> read_retail(std::string_view csv) {
  if (csv.starts_with("\xEF\xBB\xBF")) csv.remove_prefix(3);
  const auto rows = read_csv(csv);
  if (rows.empty() || !std::equal(rows[0].begin(), rows[0].end(), columns.begin(), columns.end()))
    return bad(1, "the columns are not InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country");
  Retail out;
  std::map<std::string, RetailOrder> orders;  // invoice numbers grow with time
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (auto fault = take(rows[i], i + 1, out, orders)) return std::move(*fault);
  for (auto& [number, order] : orders) out.orders.push_back(std::move(order));
  return out;
}

Result<Retail> read_retail_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fault(FaultKind::broken, "no_file", path + " cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return read_retail(text.str());
}

}  // namespace crossdock::sim
