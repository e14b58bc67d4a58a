// The metrics: figures are exact under threads, names are held to their rules, the page follows Prometheus' grammar.
#include "observe/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

namespace crossdock::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The first line of a page that is not in the text format 0.0.4, or that breaks a rule of ours; empty when all is well.
std::string first_fault(const std::string& page) {
  static const std::regex help(R"(# HELP ([a-z_:][a-z0-9_:]*) [^\n]+)"), type(R"(# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram))");
  static const std::regex sample(
      R"rx(([a-z_:][a-z0-9_:]*)(\{([a-z_]\w*="([^"\\\n]|\\["\\n])*"(,[a-z_]\w*="([^"\\\n]|\\["\\n])*")*)?\})? (-?[0-9.]+(e[+-]?[0-9]+)?|\+Inf|NaN))rx");
  std::istringstream in(page);
  std::string family;
  std::smatch m;
  if (!page.empty() && page.back() != '\n') return "no newline at the end";
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# HELP")) {
      if (!std::regex_match(line, m, help)) return line;
      family = m[1];
    } else if (line.starts_with("# TYPE")) {
      if (!std::regex_match(line, m, type) || m[1] != family) return line;
    } else if (!std::regex_match(line, m, sample) || !m[1].str().starts_with(family)) {
      return line;
    }
  }
  return "";
}

TEST(Metrics, counts_exactly_over_threads_and_stripes) {
  Registry registry;
  const Counter counter = registry.counter("crossdock_things_total", "Things.");
  const Histogram histogram = registry.histogram("crossdock_wait_seconds", "Waits.", {0.001, 0.01, 0.1});
  const Gauge gauge = registry.gauge("crossdock_depth", "Depth.");
  std::vector<std::thread> threads;
  threads.reserve(10);
  for (int t = 0; t < 10; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) {
        counter.add();
        histogram.observe(std::chrono::milliseconds(5));
        gauge.add(1);
        if (i % 1000 == 0) (void)registry.text();
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(counter.value(), 100000U);
  EXPECT_EQ(histogram.count(), 100000U);
  EXPECT_EQ(gauge.value(), 100000);
  const std::string page = registry.text();
  EXPECT_THAT(page, HasSubstr("crossdock_things_total 100000\n"));
  EXPECT_THAT(page, HasSubstr("crossdock_wait_seconds_bucket{le=\"0.001\"} 0\n"));
  EXPECT_THAT(page, HasSubstr("crossdock_wait_seconds_bucket{le=\"0.01\"} 100000\n"));
  EXPECT_THAT(page, HasSubstr("crossdock_wait_seconds_bucket{le=\"+Inf\"} 100000\n"));
  EXPECT_EQ(first_fault(page), "");
}

TEST(Metrics, a_bound_belongs_to_its_bucket) {
  Registry registry;
  const Histogram h = registry.histogram("crossdock_lines", "Lines.", {1, 2});
  for (double v : {0.5, 1.0, 1.5, 2.0, 3.0}) h.observe(v);
  const std::string page = registry.text();
  EXPECT_THAT(page, HasSubstr("le=\"1\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("le=\"2\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("le=\"+Inf\"} 5\n"));
  EXPECT_THAT(page, HasSubstr("crossdock_lines_sum 8\n"));
}

TEST(Metrics, the_same_name_and_labels_are_the_same_series) {
  Registry registry;
  registry.counter("crossdock_calls_total", "Calls.", {{"call", "capture"}, {"code", "201"}}).add(2);
  registry.counter("crossdock_calls_total", "Calls.", {{"code", "201"}, {"call", "capture"}}).add(3);
  EXPECT_THAT(registry.text(), HasSubstr("crossdock_calls_total{call=\"capture\",code=\"201\"} 5\n"));
}

TEST(Metrics, labels_stay_bounded) {
  Registry registry;
  for (int i = 0; i < 1000; ++i) registry.counter("crossdock_calls_total", "Calls.", {{"client", std::to_string(i)}}).add();
  const std::string page = registry.text();
  EXPECT_LE(std::count(page.begin(), page.end(), '\n'), 260);
  EXPECT_THAT(page, HasSubstr("crossdock_calls_total{client=\"other\"} 744\n"));
}

TEST(Metrics, a_label_value_may_hold_anything) {
  Registry registry;
  registry.gauge("crossdock_depth", "Depth.", {{"topic", "a\"b\\c\nd"}}).set(1.5);
  EXPECT_THAT(registry.text(), HasSubstr(R"(crossdock_depth{topic="a\"b\\c\nd"} 1.5)"));
  EXPECT_EQ(first_fault(registry.text()), "");
}

TEST(Metrics, refuses_what_breaks_the_rules) {
  Registry registry;
  const auto refused = [](const auto& make) { EXPECT_THROW((void)make(), std::logic_error); };
  refused([&] { return registry.counter("things_total", "x"); });
  refused([&] { return registry.counter("crossdock_things", "x"); });
  refused([&] { return registry.gauge("crossdock_things_total", "x"); });
  refused([&] { return registry.gauge("crossdock_wait_ms", "x"); });
  refused([&] { return registry.gauge("crossdock_Wait", "x"); });
  refused([&] { return registry.gauge("crossdock_wait", ""); });
  refused([&] { return registry.gauge("crossdock_wait", "x", {{"le", "1"}}); });
  refused([&] { return registry.histogram("crossdock_h", "x", {2, 1}); });
  registry.counter("crossdock_a_total", "x", {{"k", "1"}});
  refused([&] { return registry.counter("crossdock_a_total", "x", {{"other_label", "1"}}); });
  registry.gauge("crossdock_b", "x");
  refused([&] { return registry.histogram("crossdock_b", "x", {1}); });
}

TEST(Metrics, a_watched_value_lives_as_long_as_its_watch) {
  Registry registry;
  double depth = 3;
  {
    const auto watch = registry.watch("crossdock_queue_depth", "Depth.", {{"queue", "in"}}, [&] { return depth; });
    EXPECT_THAT(registry.text(), HasSubstr("crossdock_queue_depth{queue=\"in\"} 3\n"));
    depth = 4;
    EXPECT_THAT(registry.text(), HasSubstr("crossdock_queue_depth{queue=\"in\"} 4\n"));
  }
  EXPECT_THAT(registry.text(), Not(HasSubstr("crossdock_queue_depth")));
  const auto again = registry.watch("crossdock_queue_depth", "Depth.", {{"queue", "in"}}, [] { return 9.0; });
  EXPECT_THAT(registry.text(), HasSubstr("} 9\n"));
}

TEST(Metrics, the_process_is_on_the_page_and_the_page_is_sound) {
  Registry registry;
  add_process_metrics(registry, "0.1.0");
  const std::string page = registry.text();
  EXPECT_THAT(page, HasSubstr("crossdock_build_info{version=\"0.1.0\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE crossdock_process_cpu_seconds_total counter\n"));
  EXPECT_THAT(page, Not(HasSubstr("crossdock_process_open_fds 0\n")));
  EXPECT_EQ(first_fault(page), "");
}

TEST(Metrics, promtool_agrees) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "promtool (package prometheus) is not installed";
  Registry registry;
  add_process_metrics(registry, "0.1.0");
  registry.histogram("crossdock_capture_duration_seconds", "How long a capture took.", latency_buckets(), {{"outcome", "ok"}}).observe(0.2);
  const std::string path = ::testing::TempDir() + "crossdock_page.prom";
  std::ofstream(path) << registry.text();
  EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0);
  std::ofstream(path, std::ios::app) << "crossdock_broken{ 1\n";
  EXPECT_NE(std::system(("promtool check metrics < " + path + " 2>/dev/null").c_str()), 0) << "the control must fail";
}

TEST(Grammar, the_checker_catches_broken_pages) {
  const std::string good = "# HELP crossdock_a A.\n# TYPE crossdock_a gauge\ncrossdock_a{b=\"c\"} 1\n";
  EXPECT_EQ(first_fault(good), "");
  EXPECT_NE(first_fault("# HELP crossdock_a A.\n# TYPE crossdock_a gauge\ncrossdock_a{b=c} 1\n"), "");
  EXPECT_NE(first_fault("# HELP crossdock_a A.\n# TYPE crossdock_b gauge\n"), "");
  EXPECT_NE(first_fault("# HELP crossdock_a A.\n# TYPE crossdock_a gauge\ncrossdock_z 1\n"), "");
  EXPECT_NE(first_fault("# HELP crossdock_a A.\n# TYPE crossdock_a gauge\ncrossdock_a one\n"), "");
}

}  // namespace
}  // namespace crossdock::metrics
