#include "base.hpp"

#include <cstdlib>

#include "embedded/migrations.hpp"
#include "postgres/migrate.hpp"
#include "store/cursor.hpp"
#include "store/statements.hpp"
#include "store/sweep.hpp"

namespace crossdock::store {

namespace {
std::string run_on(const postgres::Settings& settings, const std::string& sql) {
  postgres::Connection connection(settings, "setup");
  auto answer = postgres::transact(connection, [&](postgres::Transaction& tx) {
    auto rows = tx.execute(sql);
    return rows.empty() || rows.columns() == 0 ? std::string() : rows[0].text(0);
  });
  EXPECT_TRUE(answer) << sql << ": " << answer.failure().message;
  return answer ? *answer : std::string();
}

/// CREATE DATABASE refuses a transaction; the last statement of a string that begins with COMMIT stands outside of one.
void run_outside(const postgres::Settings& settings, const std::string& sql) {
  postgres::Connection connection(settings, "setup");
  auto done = postgres::transact(connection, [&](postgres::Transaction& tx) {
    tx.execute("commit");
    tx.execute(sql);
    tx.execute("begin");
  });
  ASSERT_TRUE(done) << sql << ": " << done.failure().message;
}

std::string with_database(const std::string& url, const std::string& name) {
  auto query = url.find('?');
  auto slash = url.rfind('/', query);
  return url.substr(0, slash + 1) + name + (query == std::string::npos ? "" : url.substr(query));
}
}  // namespace

Database::Database() {
  const char* url = std::getenv("CROSSDOCK_POSTGRES_URL");
  if (!url || !*url) return;
  server_ = url;
  std::string name = "store_" + new_id();
  for (char& c : name) c = c == '-' ? '_' : c;
  postgres::Settings server;
  server.connection = server_;
  run_outside(server, "create database " + name);
  name_ = name;
  postgres::Connection connection(settings(), "migrate");
  auto migrations = postgres::migrations_from(embedded::migrations());
  if (!migrations) {
    ADD_FAILURE() << migrations.fault().message();
    return;
  }
  auto applied = postgres::migrate(connection, *migrations);
  if (!applied) ADD_FAILURE() << applied.fault().message();
}

Database::~Database() {
  if (name_.empty()) return;
  postgres::Settings server;
  server.connection = server_;
  run_outside(server, "drop database " + name_ + " with (force)");
}

postgres::Settings Database::settings() const {
  postgres::Settings settings;
  settings.connection = with_database(server_, name_);
  return settings;
}

std::string Database::ask(const std::string& sql) const { return run_on(settings(), sql); }

std::vector<postgres::Statement> all_statements() {
  auto all = decide_statements();
  for (auto& statement : cursor_statements()) all.push_back(std::move(statement));
  for (auto& statement : sweep_statements()) all.push_back(std::move(statement));
  return all;
}

}  // namespace crossdock::store
