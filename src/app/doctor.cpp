// `crossdock doctor`: what is away or wrong, one remedy a line.
#include <unistd.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/exit.hpp"
#include "app/findings.hpp"
#include "app/migrations.hpp"
#include "app/wiring.hpp"
#include "crossdock/base/json.hpp"
#include "http/certificate.hpp"
#include "http/client.hpp"
#include "kafka/admin.hpp"
#include "postgres/durability.hpp"
#include "runtime/task_group.hpp"

namespace crossdock::app {

namespace {

using namespace std::chrono_literals;

/// libpq says a failure in several lines, the later ones indented.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::string out;
  for (char c : text) {
    if (c == '\n')
      out += "; ";
    else if (c != '\t')
      out += c;
  }
  return out;
}

struct DataFolders {
  bool here = false;  ///< the server runs on this machine
  std::vector<std::string> paths;
};

/// Where the server keeps its data: told to who may read all settings.
DataFolders data_folders(postgres::Transaction& tx) {
  DataFolders out;
  auto told = tx.execute(
      "select inet_server_addr() is not distinct from inet_client_addr(), case when pg_has_role(current_user, 'pg_read_all_settings', "
      "'usage') then current_setting('data_directory') end");
  auto row = told[0];
  out.here = row.boolean(0);
  if (!row.is_null(1)) out.paths.push_back(row.text(1));
  for (auto place : tx.execute("select l from (select pg_tablespace_location(oid) as l from pg_tablespace) t where l <> '' order by l"))
    out.paths.push_back(place.text(0));
  return out;
}

void look_at_its_disk(postgres::Connection& connection, std::vector<Finding>& out) {
  auto folders = postgres::transact(connection, data_folders);
  if (!folders) return;
  if (!folders->here)
    out.push_back({"disk postgres", true, "on another machine: look at it there", ""});
  else if (folders->paths.empty())
    out.push_back({"disk postgres", true, "this user may not read where the data lies (pg_read_all_settings): look at it by hand", ""});
  for (const auto& path : folders->here ? folders->paths : std::vector<std::string>()) out.push_back(room_at("postgres", path));
}

void look_at_database(const Settings& settings, std::vector<Finding>& out) {
  auto database = database_settings(settings);
  postgres::Connection connection(database, "doctor");
  auto connected = connection.connect();
  if (!connected) {
    out.push_back({"postgres", false, one_line(connected.failure().message), "start PostgreSQL, or correct CROSSDOCK_POSTGRES_URL"});
    return;
  }
  out.push_back({"postgres", true, postgres::redacted(database.connection), ""});
  auto schema = postgres::verify_migrations(connection, migrations());
  out.push_back(
      {"schema", static_cast<bool>(schema), schema ? "up to date" : schema.fault().message(), schema ? "" : "run `crossdock migrate up`"});
  auto unsafe = postgres::unsafe_settings(connection);
  bool safe = unsafe && unsafe->empty();
  std::string detail = safe ? "fsync, full_page_writes and synchronous_commit are on" : "";
  if (unsafe)
    for (const auto& setting : *unsafe) detail += setting.name + "=" + setting.value + " ";
  out.push_back({"durability", safe, detail, safe ? "" : "set them in postgresql.conf: accepted orders could be lost"});
  auto skew =
      postgres::transact(connection, [](postgres::Transaction& tx) { return tx.execute("select clock_timestamp()")[0].instant(0); });
  if (skew) {
    auto apart = std::abs(*skew - Instant::now()) / 1'000;
    out.push_back({"clock", apart < 1'000, std::to_string(apart) + " ms apart from the database",
                   apart < 1'000 ? "" : "synchronise the clocks (chrony, ntpd)"});
  }
  look_at_its_disk(connection, out);
}

void look_at_kafka(const Settings& settings, std::vector<Finding>& out) {
  kafka::Cluster cluster;
  cluster.brokers = settings.kafka.brokers;
  auto admin = kafka::Admin::open(cluster);
  auto topics = admin ? (*admin)->topics(Deadline::in(5s)) : Result<std::vector<kafka::Topic>>(admin.fault());
  if (!topics) {
    out.push_back({"kafka", false, topics.fault().message(), "start Kafka, or correct CROSSDOCK_KAFKA_BROKERS"});
    return;
  }
  out.push_back({"kafka", true, std::to_string(topics->size()) + " topics at " + settings.kafka.brokers, ""});
  for (const auto& [name, system] : settings.systems)
    for (const auto& [feed_name, feed] : system.feeds) {
      std::string full_name = "feed ";
      full_name.append(name).append(".").append(feed_name);
      bool there = std::any_of(topics->begin(), topics->end(), [&](const kafka::Topic& topic) { return topic.name == feed.kafka.topic; });
      bool made = there || settings.kafka.topics.create;
      out.push_back({full_name, made, there ? feed.kafka.topic : feed.kafka.topic + " does not exist yet",
                     made ? "" : "create the topic, or set kafka.topics.create: true"});
    }
}

/// Any answer will do, a 404 too: it is there, and its certificate is good.
Task<void> look_at_system(http::Client* client, std::string name, std::string url, std::vector<Finding>* out) {
  auto began = Clock::now();
  auto calling = client->call(http::ClientRequest("GET", url), Deadline::in(3s));
  auto answer = co_await std::move(calling);
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
  std::string remedy = answer ? "" : "start it, or correct options.base_url in systems/" + name + ".yaml";
  std::string detail =
      answer ? url + " answers " + std::to_string(answer->status) + " in " + std::to_string(took) + " ms" : answer.fault().message();
  out->push_back({"system " + name, static_cast<bool>(answer), std::move(detail), std::move(remedy)});
}

/// Of https only. A handshake that fails is told by the system's own line.
Task<void> look_at_certificate(asio::io_context* loop, std::string name, std::string url, std::vector<Finding>* out) {
  auto asking = http::certificate_end(loop, url, Deadline::in(3s));
  Result<Instant> end = co_await std::move(asking);
  if (end) out->push_back(days_left(name, url, *end, Instant::now()));
}

/// All at once: those that are silent cost their time together.
void look_at_systems(const Settings& settings, std::vector<Finding>& out) {
  asio::io_context loop(1);
  http::Client client(loop);
  runtime::TaskGroup questions(loop.get_executor());
  for (const auto& [name, system] : settings.systems)
    if (auto url = system.options.base_url) {
      questions.spawn("system", [&client, &out, who = name, url = *url] { return look_at_system(&client, who, url, &out); });
      questions.spawn("certificate", [&loop, &out, who = name, url = *url] { return look_at_certificate(&loop, who, url, &out); });
    }
  while (questions.size() > 0) loop.run_one();
}

std::string as_json(const std::vector<Finding>& findings) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("items").begin_array();
  for (const auto& one : findings) {
    writer.begin_object().key("what").string(one.what).key("good").boolean(one.good).key("detail").string(one.detail);
    writer.key("remedy").string(one.remedy).end_object();
  }
  writer.end_array().end_object();
  return out + "\n";
}

}  // namespace

int doctor(const CommandOptions& options) {
  auto loaded = load(options.folder, config::process_environment, options.flags);
  if (!loaded.problems.empty()) std::fputs(config::render(loaded.problems, config::Format::text, isatty(2) != 0).c_str(), stderr);
  if (!loaded.usable()) return exit_configuration;
  std::vector<Finding> findings;
  look_at_database(loaded.settings, findings);
  look_at_kafka(loaded.settings, findings);
  look_at_systems(loaded.settings, findings);
  findings.push_back(room_at("configuration", options.folder));
  bool good = true;
  for (const auto& one : findings) {
    good = good && one.good;
    if (options.json) continue;
    std::printf("%s  %-22s %s%s\n", one.good ? "ok  " : "FAIL", one.what.c_str(), one.detail.c_str(),
                one.remedy.empty() ? "" : ("\n      " + one.remedy).c_str());
  }
  if (options.json) std::fputs(as_json(findings).c_str(), stdout);
  return good ? exit_ok : exit_failed;
}

}  // namespace crossdock::app
