// The real PostgreSQL of CROSSDOCK_POSTGRES_URL, with a schema of its own for each test.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/id.hpp"
#include "postgres/connection.hpp"

namespace crossdock::postgres {

using namespace std::chrono_literals;

class WithDatabase : public testing::Test {
 protected:
  void SetUp() override {
    const char* url = std::getenv("CROSSDOCK_POSTGRES_URL");
    if (!url || !*url) GTEST_SKIP() << "set CROSSDOCK_POSTGRES_URL (eval \"$(tools/services up)\") to run this against PostgreSQL";
    url_ = url;
    schema_ = "test_" + new_id();
    for (char& c : schema_) c = c == '-' ? '_' : c;
    run("create schema " + schema_);
  }
  void TearDown() override {
    if (!schema_.empty()) run("drop schema " + schema_ + " cascade");
  }

  /// The test's schema first on the search path.
  Settings settings() const {
    Settings out;
    out.connection = url_ + (url_.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema_;
    return out;
  }
  Connection connect(std::vector<Statement> statements = {}) const { return Connection(settings(), "test", std::move(statements)); }

  /// One statement on a connection of its own, outside the test's schema.
  void run(const std::string& sql) const {
    Settings plain;
    plain.connection = url_;
    Connection connection(plain, "setup");
    const auto done = transact(connection, [&](Transaction& t) { t.execute(sql); });
    ASSERT_TRUE(done) << sql << ": " << done.failure().message;
  }
  /// The same inside the schema, with the first cell of the answer.
  std::string ask(const std::string& sql) const {
    auto connection = connect();
    auto answer = transact(connection, [&](Transaction& t) {
      const auto rows = t.execute(sql);
      return rows.empty() || rows.columns() == 0 ? std::string() : rows[0].text(0);
    });
    EXPECT_TRUE(answer) << sql << ": " << answer.failure().message;
    return answer ? *answer : std::string();
  }

  std::string url_;
  std::string schema_;
};

}  // namespace crossdock::postgres
