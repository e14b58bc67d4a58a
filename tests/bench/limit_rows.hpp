// Rows that a hub has written, read from a JSON file, as parameters of batched statements: what the limits write again.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace crossdock::bench {

/// How a table is written: a plain insert, an update by key, or an upsert that a newer row refuses.
enum class Write { insert, update, upsert };

struct Table {
  std::string name;
  std::vector<std::string> columns, types;
  Write write = Write::insert;
  std::vector<std::size_t> keys;   ///< their columns; of rows with equal keys in one batch, the last one is written
  std::vector<std::size_t> bumps;  ///< integer columns that grow by one for each pass, so that the guard lets the rows in again
  std::vector<std::size_t> guard;  ///< upsert: the columns that must have grown
  bool joined = false;             ///< one row per batch: the texts of all its rows joined (table change)
  std::string statement(std::size_t first_parameter) const;
};

using Row = std::vector<std::pair<bool, std::string>>;  ///< (is null, text) of each column
using Unit = std::vector<std::vector<Row>>;             ///< an order or an event: its rows by table

/// One statement of a batch: an array literal per column, and how many rows it must write.
struct Call {
  std::size_t table = 0;
  std::vector<std::string> parameters;
  std::size_t rows = 0;
};
using Batch = std::vector<Call>;

struct Rows {
  std::vector<Table> tables;
  std::vector<Unit> units;
  static Rows read(const std::string& file);
  /// Whole batches of `size` units; what is left over is left out. `pass` is added to the columns that are to grow. With `parts`, only
  /// the pass's own part of the units, so that rounds do not write what the last one has just warmed up.
  std::vector<Batch> batches(std::size_t size, long pass, std::size_t parts = 1) const;
};

}  // namespace crossdock::bench
