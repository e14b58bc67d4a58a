// The command line.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/commands.hpp"
#include "app/daemon.hpp"
#include "app/exit.hpp"

namespace {

using namespace crossdock::app;

void take_folder(CLI::App& command, std::string& folder) {
  command.add_option("-c,--config,folder", folder, "The configuration folder (crossdock.yaml and systems/)")->capture_default_str();
}

void take_listeners(CLI::App& command, Flags& flags) {
  auto flag = [&](const char* name, const char* path, const char* help) {
    command.add_option_function<std::string>(name, [&flags, path](const std::string& value) { flags[path] = value; }, help);
  };
  flag("--postgres-url", "postgres.url", "Where PostgreSQL is (over CROSSDOCK_POSTGRES_URL and the file)");
  flag("--kafka-brokers", "kafka.brokers", "host:port,... (over CROSSDOCK_KAFKA_BROKERS and the file)");
  flag("--api-listen", "listen.api", "host:port of the API; port 0 is a free one");
  flag("--admin-listen", "listen.admin", "host:port of the admin listener");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Crossdock: the hub between ERP, WMS and OMS.\nBegin with `crossdock check DIR`, then `crossdock doctor -c DIR`, then `crossdock run "
      "-c DIR`."};
  app.require_subcommand(1);
  app.set_version_flag("--version", "crossdock " CROSSDOCK_VERSION);
  app.footer("Exit codes: 0 ok, 1 failure, 2 difference found, 64 usage, 69 unavailable, 78 bad configuration.");
  RunOptions run_options;
  CommandOptions options;
  std::string format = "text";
  bool no_migrate = false;
  int code = exit_ok;

  auto* run_command = app.add_subcommand("run", "The daemon. Prints one line when it serves; SIGTERM drains it.");
  run_command->add_option("-c,--config,folder", run_options.folder, "The configuration folder")->required();
  run_command->add_flag("--no-migrate", no_migrate,
                        "Refuse to start on a database whose schema is not up to date, instead of migrating it");
  take_listeners(*run_command, run_options.flags);
  run_command->footer("Example: CROSSDOCK_POSTGRES_URL=... CROSSDOCK_KAFKA_BROKERS=... crossdock run -c config/examples/minimal");
  run_command->callback([&] {
    run_options.migrate = !no_migrate;
    code = run(run_options);
  });

  auto* check_command = app.add_subcommand("check", "Reads a configuration folder and says all that is wrong with it. Touches nothing.");
  take_folder(*check_command, options.folder);
  check_command->add_option("--format", format, "How")->check(CLI::IsMember({"text", "json", "sarif"}))->capture_default_str();
  check_command->footer("Example: crossdock check config/examples/distributor --format json");
  check_command->callback([&] { code = check_folder(options, format); });

  auto* migrate_command = app.add_subcommand("migrate", "The database's schema: status, up, verify.");
  migrate_command->require_subcommand(1);
  migrate_command->footer("Example: crossdock migrate status -c DIR");
  auto add = [&](CLI::App& parent, const char* name, const char* help, int (*work)(const CommandOptions&)) {
    auto* command = parent.add_subcommand(name, help);
    take_folder(*command, options.folder);
    take_listeners(*command, options.flags);
    command->add_flag("--json", options.json, "As JSON");
    command->footer("Example: crossdock " + (&parent == &app ? std::string() : parent.get_name() + " ") + name + " -c DIR --json");
    command->callback([&code, &options, work] { code = work(options); });
  };
  add(*migrate_command, "status", "What is applied and what is not.", migrate_status);
  add(*migrate_command, "up", "Applies what is missing; safe beside running instances.", migrate_up);
  add(*migrate_command, "verify", "Exit 2 unless the schema is what this binary expects.", migrate_verify);
  add(app, "doctor", "Looks at database, Kafka, feeds and clocks; one remedy a line.", doctor);
  add(app, "verify", "Checks the invariants on live data, read-only. Exit 2 when something differs.", verify_data);
  bool all = true;
  app.get_subcommand("verify")->add_flag("--all", all, "Every invariant (the default)");
  app.add_subcommand("version", "Prints the version.")->callback([] { std::puts("crossdock " CROSSDOCK_VERSION); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int said = app.exit(error);
    return said == 0 ? exit_ok : exit_usage;
  }
  return code;
}
