// The command line.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/daemon.hpp"
#include "app/exit.hpp"
#include "crossdock/base/mistakes.hpp"

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

/// `help`, `help COMMAND` and `COMMAND help` are what others call it: all of them are --help.
void spell_help(std::vector<std::string>& words) {
  auto word = std::find(words.begin(), words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(words)), "help");
  if (word == words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(words))) return;
  words.erase(word);
  words.emplace_back("--help");
}

/// A first word that is no command is said with the nearest one: CLI11 would only say that a command is wanted.
bool knows_command(CLI::App& parent, const std::vector<std::string>& words, std::size_t place) {
  if (place >= words.size() || words[place].starts_with('-')) return true;
  std::vector<std::string_view> known;
  std::string list;
  for (const auto* command : parent.get_subcommands({})) {
    known.emplace_back(command->get_name());
    list += (list.empty() ? "" : ", ") + command->get_name();
  }
  if (std::find(known.begin(), known.end(), words[place]) != known.end()) return true;
  const std::string near = crossdock::nearest(words[place], known);
  std::fprintf(stderr, "crossdock: there is no command %s; %s%s\nRun crossdock --help for more.\n", words[place].c_str(),
               near.empty() ? "the commands are " : "did you mean ", near.empty() ? (list + ".").c_str() : (near + "?").c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Crossdock: the hub between ERP, WMS and OMS.\nBegin with `crossdock check DIR`, then `crossdock doctor -c DIR`, then `crossdock run "
      "-c DIR`.",
      "crossdock"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "crossdock " CROSSDOCK_VERSION);
  app.footer("Exit codes: 0 ok, 1 failure, 2 difference found, 64 usage, 69 unavailable, 78 bad configuration.");
  RunOptions run_options;
  CommandOptions options;
  std::string format = "text";
  bool no_migrate = false;
  int code = exit_ok;

  auto* run_command = app.add_subcommand("run", "The daemon. Prints one line when it serves; SIGTERM drains it.");
  run_command->add_option("-c,--config,folder", run_options.folder, "The configuration folder: compulsory");
  run_command->add_flag("--no-migrate", no_migrate,
                        "Refuse to start on a database whose schema is not up to date, instead of migrating it");
  take_listeners(*run_command, run_options.flags);
  run_command->footer("Example: CROSSDOCK_POSTGRES_URL=... CROSSDOCK_KAFKA_BROKERS=... crossdock run -c config/examples/minimal");
  run_command->callback([&] {
    if (run_options.folder.empty()) throw CLI::RequiredError("-c DIR, the configuration folder,");
    run_options.migrate = !no_migrate;
    code = run(run_options);
  });

  auto* check_command = app.add_subcommand("check", "Reads a configuration folder and says all that is wrong with it. Touches nothing.");
  take_folder(*check_command, options.folder);
  check_command->add_option("--format", format, "How it is told")->check(CLI::IsMember({"text", "json", "sarif"}))->capture_default_str();
  check_command->add_flag("--json", options.json, "The same as --format json");
  check_command->footer("Example: crossdock check config/examples/distributor --format json");
  check_command->callback([&] { code = check_folder(options, options.json ? "json" : format); });

  auto* migrate_command = app.add_subcommand("migrate", "The database's schema: status, up, verify.");
  migrate_command->require_subcommand(1);
  migrate_command->footer("Example: crossdock migrate status -c DIR");
  auto add = [&](CLI::App& parent, const char* name, const char* help, std::function<int(const CommandOptions&)> work) {
    auto* command = parent.add_subcommand(name, help);
    take_folder(*command, options.folder);
    take_listeners(*command, options.flags);
    command->add_flag("--json", options.json, "As JSON");
    command->footer("Example: crossdock " + (&parent == &app ? std::string() : parent.get_name() + " ") + name + " -c DIR --json");
    command->callback([&code, &options, work = std::move(work)] { code = work(options); });
  };
  add(*migrate_command, "status", "What is applied and what is not.", migrate_status);
  add(*migrate_command, "up", "Applies what is missing; safe beside running instances.", migrate_up);
  add(*migrate_command, "verify", "Exit 2 unless the schema is what this binary expects.", migrate_verify);
  add(app, "doctor", "Looks at database, Kafka, feeds, systems, clocks, disks and certificates; one remedy a line.", doctor);
  add(app, "verify", "Checks the invariants on live data, read-only. Exit 2 when something differs.", verify_data);
  auto* audit_command = app.add_subcommand("audit", "The audit: verify.");
  audit_command->require_subcommand(1);
  AuditOptions audit;
  add(*audit_command, "verify", "Exit 2 unless the audit is as it was written; names the first bad entry.",
      [&](const CommandOptions& given) { return audit_verify(given, audit); });
  audit_command->get_subcommand("verify")->add_option("--heads", audit.heads, "The file of signed heads (over audit.heads of the folder)");
  audit_command->get_subcommand("verify")->add_option("--key", audit.key, "Their key, public or private, in PEM (over audit.key)");
  bool all = true;
  app.get_subcommand("verify")->add_flag("--all", all, "Every invariant (the default)");
  auto* version_command = app.add_subcommand("version", "Prints the version.");
  version_command->add_flag("--json", options.json, "As JSON");
  version_command->callback(
      [&] { std::puts(options.json ? R"({"version":")" CROSSDOCK_VERSION R"("})" : "crossdock " CROSSDOCK_VERSION); });

  std::vector<std::string> words(argv + 1, argv + argc);
  spell_help(words);
  if (words.empty()) {
    std::fputs(app.help().c_str(), stderr);
    return exit_usage;
  }
  if (!knows_command(app, words, 0)) return exit_usage;
  for (auto* parent : {migrate_command, audit_command})
    if (words.front() == parent->get_name() && !knows_command(*parent, words, 1)) return exit_usage;
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    int said = app.exit(error);
    return said == 0 ? exit_ok : exit_usage;
  }
  return code;
}
