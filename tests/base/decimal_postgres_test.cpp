// Decimals against PostgreSQL's numeric, in one statement through psql. Skipped where CROSSDOCK_POSTGRES_URL names no server.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "crossdock/base/decimal.hpp"

namespace crossdock {
namespace {

struct Row {
  Decimal a, b;
  int digits;
  Fraction factor;
};

std::vector<Row> random_rows(std::size_t count) {
  std::mt19937_64 random(5);
  auto decimal = [&] {
    const auto units = static_cast<std::int64_t>(random() % 1'000'000'000'000'000'000) >> random() % 50;
    return Decimal::micros(random() % 2 == 0 ? units : -units);
  };
  auto factor = [&] { return 1 + static_cast<std::int64_t>(random() % 1'000'000'000'000 >> random() % 40); };
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back({decimal(), decimal(), static_cast<int>(random() % 7), {factor(), factor()}});
  return rows;
}

std::string statement(const std::vector<Row>& rows) {
  std::string sql =
      "select trim_scale(a + b), trim_scale(a - b), trim_scale(round(a * b, 6)), trim_scale(round(a, d)), (a < b)::int,\n"
      "  trim_scale(div(a * 1000000 * n, m) * 0.000001), trim_scale(a) from (values\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& r = rows[i];
    sql += (i > 0 ? ",\n(" : "(") + std::to_string(i) + ",numeric '" + r.a.text() + "',numeric '" + r.b.text() + "'," +
           std::to_string(r.digits) + ",numeric '" + std::to_string(r.factor.numerator) + "',numeric '" +
           std::to_string(r.factor.denominator) + "')";
  }
  return sql + ") v(i, a, b, d, n, m) order by i;\n";
}

std::string expected(const Row& r) {
  return (r.a + r.b).text() + " " + (r.a - r.b).text() + " " + (r.a * r.b).text() + " " + r.a.rounded(r.digits).text() + " " +
         (r.a < r.b ? "1" : "0") + " " + to_base(r.a, r.factor).quantity.text() + " " + r.a.text();
}

std::vector<std::string> psql(const std::string& url, const std::string& sql) {
  char path[] = "/tmp/crossdock-decimal-XXXXXX";
  const int file = mkstemp(path);
  if (file < 0) return {};
  close(file);
  std::ofstream(path) << sql;
  setenv("CROSSDOCK_TEST_URL", url.c_str(), 1);  // through the environment: no quoting to get wrong
  FILE* pipe = popen((std::string("psql \"$CROSSDOCK_TEST_URL\" -v ON_ERROR_STOP=1 -qAtX -F ' ' -f ") + path).c_str(), "r");
  std::string out;
  char buffer[4096];
  for (std::size_t n = 0; pipe != nullptr && (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  const int status = pipe == nullptr ? -1 : pclose(pipe);
  unlink(path);
  EXPECT_EQ(status, 0) << out;
  std::vector<std::string> lines;
  std::istringstream in(out);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(DecimalPostgres, AgreesWithNumeric) {
  const char* url = std::getenv("CROSSDOCK_POSTGRES_URL");
  if (url == nullptr || *url == '\0') GTEST_SKIP() << "CROSSDOCK_POSTGRES_URL is not set";
  const std::vector<Row> rows = random_rows(2'000);
  const std::vector<std::string> answers = psql(url, statement(rows));
  ASSERT_EQ(answers.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(expected(rows[i]), answers[i]) << "row " << i;
}

}  // namespace
}  // namespace crossdock
