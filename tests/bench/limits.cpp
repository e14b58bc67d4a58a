// The limits in PostgreSQL, by libpq alone: rows that a hub has written (limit_rows.hpp), written again without deciding anything.
//   bench_limits URL ROWS.json        reads commands from standard input, one a line, and answers each with one line:
//     batches N [PARTS]  one connection; a transaction for each N units, all its statements in one pipeline, one round trip; with PARTS,
//                        each pass takes the next part of the units
//     singly C           C connections; a unit is one statement, all tables in one WITH
//     naive C            C connections; a unit is a transaction of a round trip per table (those of `fused` share one), BEGIN and COMMIT
//     update KIND ITEMS C MILLISECONDS   conditional UPDATE, prepared, of bench_stock: KIND hot, zipf or uniform over ITEMS
//     copy               binary COPY of all positions, read and dropped
//   -> "ready" when the connections (application_name bench/limit) stand and parameters are made; then `go` runs it:
//   -> "done UNITS MICROSECONDS P50 P99" (of the single calls, microseconds), or "failed WHY". A row that was not written is a failure.
#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "limit_rows.hpp"

namespace crossdock::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

double micros_since(Clock::time_point start) { return std::chrono::duration<double, std::micro>(Clock::now() - start).count(); }

Connection connect(const std::string& url) {
  Connection made(PQconnectdb((url + "?application_name=bench/limit").c_str()), &PQfinish);
  if (PQstatus(made.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(made.get()));
  return made;
}

std::size_t rows_in(PGresult* answer, PGconn* connection) {
  const auto status = PQresultStatus(answer);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(connection));
  const std::string count = PQcmdTuples(answer);
  return count.empty() ? 0 : std::stoul(count);
}

std::size_t run(PGconn* connection, const std::string& text) {
  Answer answer(PQexec(connection, text.c_str()), &PQclear);
  return rows_in(answer.get(), connection);
}

void prepare(PGconn* connection, const std::string& name, const std::string& text) {
  Answer answer(PQprepare(connection, name.c_str(), text.c_str(), 0, nullptr), &PQclear);
  rows_in(answer.get(), connection);
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const auto& text : texts) out.push_back(text.c_str());
  return out;
}

std::size_t execute(PGconn* connection, const std::string& name, const std::vector<std::string>& parameters) {
  const auto values = pointers(parameters);
  Answer answer(PQexecPrepared(connection, name.c_str(), static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0), &PQclear);
  return rows_in(answer.get(), connection);
}

/// What a run gave; `calls` are the microseconds of its single transactions.
struct Done {
  std::size_t units = 0;
  double micros = 0;
  std::vector<double> calls;
};

using Run = std::function<Done()>;

void expect(std::size_t written, std::size_t wanted, const std::string& where) {
  if (written != wanted) throw std::runtime_error(where + ": " + std::to_string(written) + " rows written of " + std::to_string(wanted));
}

/// One transaction in one round trip: BEGIN, each table's statement, COMMIT, and the answers of all.
void write_pipelined(PGconn* connection, const Rows& rows, const Batch& batch) {
  const auto send = [&](const char* name, const std::vector<std::string>& parameters) {
    const auto values = pointers(parameters);
    if (!PQsendQueryPrepared(connection, name, static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0))
      throw std::runtime_error(PQerrorMessage(connection));
  };
  send("begin", {});
  for (const auto& call : batch) send(rows.tables[call.table].name.c_str(), call.parameters);
  send("commit", {});
  PQpipelineSync(connection);
  for (std::size_t i = 0; i < batch.size() + 2; ++i) {
    Answer answer(PQgetResult(connection), &PQclear);
    const auto written = rows_in(answer.get(), connection);
    if (i > 0 && i <= batch.size()) expect(written, batch[i - 1].rows, rows.tables[batch[i - 1].table].name);
    Answer nothing(PQgetResult(connection), &PQclear);
  }
  Answer sync(PQgetResult(connection), &PQclear);
}

Run batches(const std::string& url, const Rows& rows, std::size_t size, long pass, std::size_t parts) {
  auto connection = std::make_shared<Connection>(connect(url));
  prepare(connection->get(), "begin", "begin");
  prepare(connection->get(), "commit", "commit");
  for (const auto& table : rows.tables) prepare(connection->get(), table.name, table.statement(1));
  PQenterPipelineMode(connection->get());
  auto made = std::make_shared<std::vector<Batch>>(rows.batches(size, pass, parts));
  if (made->empty()) throw std::runtime_error("fewer units than one batch");
  return [connection, made, &rows, size] {
    Done done;
    const auto start = Clock::now();
    for (const auto& batch : *made) {
      const auto begun = Clock::now();
      write_pipelined(connection->get(), rows, batch);
      done.calls.push_back(micros_since(begun));
    }
    done.micros = micros_since(start);
    done.units = made->size() * size;
    return done;
  };
}

/// Statements of one WITH over tables [from, to) of a unit, its name and its parameters, prepared once for each shape of a unit.
struct Fused {
  std::string name, text;
  std::vector<std::string> parameters;
  std::size_t rows = 0;
};

Fused fuse(const Rows& rows, const std::vector<const Call*>& calls) {
  Fused out;
  std::string heads, counts;
  for (const auto* call : calls) {
    const auto& table = rows.tables[call->table];
    const auto head = "w" + std::to_string(call->table);
    heads += (heads.empty() ? "with " : ", ") + head + " as (" + table.statement(out.parameters.size() + 1) + " returning 1)";
    counts += (counts.empty() ? "" : " + ") + ("(select count(*) from " + head + ")");
    out.name += "_" + std::to_string(call->table);
    out.parameters.insert(out.parameters.end(), call->parameters.begin(), call->parameters.end());
    out.rows += call->rows;
  }
  out.text = heads + " select " + counts;
  return out;
}

/// A unit as its statements: all in one (singly), or one for each table but those that share a round trip with the one before.
std::vector<Fused> statements_of(const Rows& rows, const Batch& unit, bool all_in_one) {
  std::vector<Fused> out;
  std::vector<const Call*> together;
  for (const auto& call : unit) {
    const auto& name = rows.tables[call.table].name;
    const bool joins = all_in_one || name == "warehouse_order_line" || name == "change";
    if (!joins && !together.empty()) out.push_back(fuse(rows, together)), together.clear();
    together.push_back(&call);
  }
  if (!together.empty()) out.push_back(fuse(rows, together));
  return out;
}

void write_unit(PGconn* connection, const std::vector<Fused>& unit, bool transaction) {
  for (;;) {
    try {
      if (transaction) run(connection, "begin");
      for (const auto& each : unit) {
        const auto values = pointers(each.parameters);
        Answer answer(PQexecPrepared(connection, each.name.c_str(), static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0),
                      &PQclear);
        rows_in(answer.get(), connection);
        expect(std::stoul(PQgetvalue(answer.get(), 0, 0)), each.rows, each.name);
      }
      if (transaction) run(connection, "commit");
      return;
    } catch (const std::runtime_error& why) {
      if (std::string(why.what()).find("deadlock") == std::string::npos) throw;
      if (transaction) run(connection, "rollback");
    }
  }
}

/// Calls work(number of the thread, its latencies) in `count` threads.
Done in_threads(std::size_t count, const std::function<std::size_t(std::size_t, std::vector<double>&)>& work) {
  Done done;
  std::vector<std::vector<double>> calls(count);
  std::vector<std::string> trouble(count);
  std::vector<std::size_t> units(count);
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      try {
        units[i] = work(i, calls[i]);
      } catch (const std::exception& why) {
        trouble[i] = why.what();
      }
    });
  for (auto& thread : threads) thread.join();
  done.micros = micros_since(start);
  for (std::size_t i = 0; i < count; ++i) {
    if (!trouble[i].empty()) throw std::runtime_error(trouble[i]);
    done.units += units[i];
    done.calls.insert(done.calls.end(), calls[i].begin(), calls[i].end());
  }
  return done;
}

std::shared_ptr<std::vector<Connection>> connections(const std::string& url, std::size_t count) {
  auto made = std::make_shared<std::vector<Connection>>();
  for (std::size_t i = 0; i < count; ++i) made->push_back(connect(url));
  return made;
}

/// At one connection a part of the units will do: only the latency is asked for.
constexpr std::size_t units_alone = 2'000;

Run each(const std::string& url, const Rows& rows, std::size_t count, bool all_in_one) {
  auto made = connections(url, count);
  auto units = std::make_shared<std::vector<std::vector<Fused>>>();
  for (const auto& unit : rows.batches(1, 0)) {
    if (count == 1 && units->size() == units_alone) break;
    units->push_back(statements_of(rows, unit, all_in_one));
  }
  std::vector<std::string> known;
  for (const auto& unit : *units)
    for (const auto& statement : unit)
      if (std::find(known.begin(), known.end(), statement.name) == known.end()) {
        known.push_back(statement.name);
        for (auto& connection : *made) prepare(connection.get(), statement.name, statement.text);
      }
  auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return [made, units, next, all_in_one] {
    *next = 0;
    return in_threads(made->size(), [&](std::size_t number, std::vector<double>& calls) {
      std::size_t mine = 0;
      for (auto i = (*next)++; i < units->size(); i = (*next)++, ++mine) {
        const auto begun = Clock::now();
        write_unit((*made)[number].get(), (*units)[i], !all_in_one);
        calls.push_back(micros_since(begun));
      }
      return mine;
    });
  };
}

/// Items by kind: one, by 1/i^1.1, or all alike.
class Choice {
 public:
  Choice(const std::string& kind, std::size_t items, std::size_t seed) : random_(seed) {
    double sum = 0;
    for (std::size_t i = 1; i <= (kind == "hot" ? 1 : items); ++i)
      tower_.push_back(sum += kind == "zipf" ? 1 / std::pow(static_cast<double>(i), 1.1) : 1);
  }
  std::size_t operator()() {
    const double at = std::uniform_real_distribution<double>(0, tower_.back())(random_);
    return static_cast<std::size_t>(std::upper_bound(tower_.begin(), tower_.end() - 1, at) - tower_.begin()) + 1;
  }

 private:
  std::mt19937 random_;
  std::vector<double> tower_;
};

Run update(const std::string& url, const std::string& kind, std::size_t items, std::size_t count, double millis, long pass) {
  auto made = connections(url, count);
  for (auto& connection : *made)
    prepare(connection.get(), "take", "update bench_stock set available = available - 1 where item = $1::int4 and available >= 1");
  return [=] {
    return in_threads(count, [&](std::size_t number, std::vector<double>& calls) {
      Choice choice(kind, items, static_cast<std::size_t>(pass) * 1000 + number);
      std::size_t mine = 0;
      for (const auto start = Clock::now(); micros_since(start) < millis * 1000; ++mine) {
        const auto begun = Clock::now();
        expect(execute((*made)[number].get(), "take", {std::to_string(choice())}), 1, "bench_stock");
        calls.push_back(micros_since(begun));
      }
      return mine;
    });
  };
}

Run copy(const std::string& url) {
  auto made = std::make_shared<Connection>(connect(url));
  return [made] {
    Done done;
    const auto start = Clock::now();
    Answer begun(PQexec(made->get(), "copy position to stdout (format binary)"), &PQclear);
    char* row = nullptr;
    while (PQgetCopyData(made->get(), &row, 0) > 0) {
      ++done.units;
      PQfreemem(row);
    }
    Answer end(PQgetResult(made->get()), &PQclear);
    rows_in(end.get(), made->get());
    while (Answer{PQgetResult(made->get()), &PQclear}) {
    }
    done.micros = micros_since(start);
    return done;
  };
}

Run made(const std::string& url, const Rows& rows, const std::string& line, long pass) {
  std::istringstream words(line);
  std::string what, kind;
  std::size_t number = 0, items = 0;
  double millis = 0;
  words >> what;
  if (what == "copy") return copy(url);
  if (what == "update") {
    words >> kind >> items >> number >> millis;
    return update(url, kind, items, number, millis, pass);
  }
  words >> number >> items;
  if (what == "batches" && number) return batches(url, rows, number, pass, std::max<std::size_t>(items, 1));
  if ((what == "singly" || what == "naive") && number) return each(url, rows, number, what == "singly");
  throw std::runtime_error("no such command: " + line);
}

double at(std::vector<double>& sorted, double part) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

void serve(const std::string& url, const Rows& rows) {
  Run run;
  long pass = 0;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      if (line == "go") {
        auto done = run();
        std::sort(done.calls.begin(), done.calls.end());
        std::printf("done %zu %.0f %.0f %.0f\n", done.units, done.micros, at(done.calls, 0.5), at(done.calls, 0.99));
      } else {
        run = nullptr;
        run = made(url, rows, line, ++pass);
        std::printf("ready\n");
      }
    } catch (const std::exception& why) {
      std::string text = why.what();
      std::replace(text.begin(), text.end(), '\n', ' ');
      std::printf("failed %s\n", text.c_str());
    }
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace crossdock::bench

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) return std::fprintf(stderr, "usage: bench_limits URL [ROWS.json]\n"), 2;
  try {
    const auto rows = argc == 3 ? crossdock::bench::Rows::read(argv[2]) : crossdock::bench::Rows{};
    crossdock::bench::serve(argv[1], rows);
  } catch (const std::exception& why) {
    return std::fprintf(stderr, "%s\n", why.what()), 1;
  }
  return 0;
}
