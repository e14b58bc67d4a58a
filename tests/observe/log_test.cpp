// The log: its lines are JSON, its secrets stay hidden, a blocked reader costs lines and no time.
#include "observe/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <utility>

namespace crossdock::log {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// Collects lines through the sink.
class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    Options options;
    options.instance = "hub-1";
    options.sink = [this](std::string_view line) { lines_.emplace_back(line); };
    start(options);
  }
  ~LogTest() override {
    stop();
    set_level(Level::info);
  }
  json last() const { return json::parse(lines_.back()); }
  std::vector<std::string> lines_;
};

TEST_F(LogTest, writes_one_json_object_a_line) {
  warning("intake.gap", {{"feed", "stock"},
                         {"missing", 3},
                         {"late", true},
                         {"ratio", 0.25},
                         {"wait_ms", milliseconds(1500)},
                         {"quantity", Decimal::of(12)},
                         {"correlation_id", std::string("c-1")}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].back(), '\n');
  EXPECT_EQ(lines_[0].find('\n'), lines_[0].size() - 1);
  const json line = last();
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["event"], "intake.gap");
  EXPECT_EQ(line["instance"], "hub-1");
  EXPECT_EQ(line["missing"], 3);
  EXPECT_EQ(line["late"], true);
  EXPECT_EQ(line["wait_ms"], 1500);
  EXPECT_EQ(line["quantity"], "12");
  EXPECT_EQ(line["correlation_id"], "c-1");
  EXPECT_TRUE(Instant::parse(line["at"].get<std::string>()));
}

TEST_F(LogTest, a_hostile_text_cannot_break_out_of_its_line) {
  using namespace std::string_literals;
  const std::string hostile = "a\"b\\c\n{\"level\":\"error\"}\x01\xFF\xC0\xAF\0z"s;
  info("x", {{"value", hostile}, {"euro", "\xE2\x82\xAC"}, {"surrogate", "\xED\xA0\x80"}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(std::count(lines_[0].begin(), lines_[0].end(), '\n'), 1);
  const json line = last();  // throws when it is no JSON
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["euro"], "\xE2\x82\xAC");
  EXPECT_THAT(line["value"].get<std::string>(), ::testing::StartsWith("a\"b\\c\n{\"level\":\"error\"}\x01"));
}

TEST_F(LogTest, hides_secrets_by_value_by_name_and_in_urls) {
  hide("s3cr3t-canary");
  hide("s3cr3t-canary-longer");
  hide("short");
  info("x", {{"detail", "token s3cr3t-canary and s3cr3t-canary-longer."},
             {"api_key", "abc"},
             {"Authorization", "Bearer zzz"},
             {"password_length", 8},
             {"url", "postgres://hub:pa55@db:5432/x?a=1 and http://u:p@h/"},
             {"word", "shortage"}});
  EXPECT_THAT(lines_[0], ::testing::Not(::testing::HasSubstr("s3cr3t")));
  const json line = last();
  EXPECT_EQ(line["detail"], "token *** and ***.");
  EXPECT_EQ(line["api_key"], "***");
  EXPECT_EQ(line["Authorization"], "***");
  EXPECT_EQ(line["password_length"], "***");
  EXPECT_EQ(line["url"], "postgres://hub:***@db:5432/x?a=1 and http://u:***@h/");
  EXPECT_EQ(line["word"], "shortage") << "a short secret would hide ordinary words";
}

TEST_F(LogTest, the_level_changes_while_it_runs) {
  debug("quiet");
  EXPECT_TRUE(lines_.empty());
  set_level(Level::debug);
  debug("loud");
  EXPECT_EQ(lines_.size(), 1U);
  set_level(Level::off);
  error("never");
  EXPECT_EQ(lines_.size(), 1U);
  EXPECT_EQ(level_named("warning"), Level::warning);
  EXPECT_EQ(level_named("loud"), std::nullopt);
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_), 0); }
  ~Pipe() {
    close_writer();
    ::close(ends_[0]);
  }
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }
  std::string rest() {
    close_writer();
    return read_to_end();
  }
  std::string read_to_end() const {
    std::string all;
    char buffer[65536];
    for (ssize_t n = 0; (n = ::read(ends_[0], buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<std::size_t>(n));
    return all;
  }

 private:
  int ends_[2]{-1, -1};
};

std::vector<json> parsed(const std::string& text) {
  std::vector<json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(json::parse(line));
  return out;
}

TEST(LogWriter, keeps_every_line_of_many_threads) {
  Pipe pipe;
  Options options;
  options.fd = pipe.writer();
  start(options);
  const auto before = dropped();
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 100; ++i) info("tick", {{"thread", t}, {"i", i}});
    });
  for (std::thread& t : threads) t.join();
  stop();
  const auto lines = parsed(pipe.rest());
  EXPECT_EQ(lines.size(), 400U);
  EXPECT_EQ(dropped(), before);
}

TEST(LogWriter, a_blocked_reader_costs_lines_and_no_time) {
  Pipe pipe;
  Options options;
  options.fd = pipe.writer();
  options.queue = 64;
  start(options);
  const auto before = dropped();
  const std::string long_text(1000, 'x');
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 2000; ++i) info("flood", {{"i", i}, {"text", long_text}});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << "nobody reads: events must not wait";
  EXPECT_GT(dropped(), before + 1000);
  const auto stopping = std::chrono::steady_clock::now();
  stop(milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - stopping, std::chrono::seconds(5)) << "stop keeps its budget";
  EXPECT_GT(pipe.rest().size(), 10000U) << "what was written before the block is there";
}

TEST(LogWriter, says_how_many_lines_were_dropped) {
  Pipe pipe;
  Options options;
  options.fd = pipe.writer();
  options.queue = 16;
  start(options);
  const std::string long_text(4000, 'x');
  for (int i = 0; i < 60; ++i) info("flood", {{"text", long_text}});
  std::this_thread::sleep_for(milliseconds(1100));  // the report comes at most once a second
  std::thread late([&] {
    info("after");
    stop(std::chrono::seconds(5));
    pipe.close_writer();
  });
  const auto lines = parsed(pipe.read_to_end());
  late.join();
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back()["event"], "log.dropped");
  EXPECT_GT(lines.back()["lines"].get<int>(), 10) << "a pipe holds 16 of them, the queue 16 more";
  EXPECT_EQ(lines[lines.size() - 2]["event"], "after");
}

}  // namespace
}  // namespace crossdock::log
