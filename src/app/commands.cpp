#include "app/commands.hpp"

#include <unistd.h>

#include <cstdio>

#include "app/exit.hpp"
#include "app/migrations.hpp"
#include "app/wiring.hpp"
#include "crossdock/base/json.hpp"
#include "store/audit_verify.hpp"
#include "store/verify.hpp"

namespace crossdock::app {

namespace {

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

const char* word_of(postgres::MigrationState state) {
  switch (state) {
    case postgres::MigrationState::applied:
      return "applied";
    case postgres::MigrationState::pending:
      return "pending";
    case postgres::MigrationState::changed:
      return "changed";
    case postgres::MigrationState::unknown:
      break;
  }
  return "unknown";
}

std::string status_line(const postgres::MigrationStatus& row) {
  char number[16];
  std::snprintf(number, sizeof number, "%04d", row.number);
  return std::string(number) + "  " + word_of(row.state) + "  " + row.name + (row.applied_at ? "  " + row.applied_at->text() : "") + "\n";
}

std::string status_json(const std::vector<postgres::MigrationStatus>& rows) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("items").begin_array();
  for (const auto& row : rows) {
    writer.begin_object().key("number").integer(row.number).key("name").string(row.name).key("state").string(word_of(row.state));
    if (row.applied_at) writer.key("applied_at").instant(*row.applied_at);
    writer.end_object();
  }
  writer.end_array().end_object();
  return out + "\n";
}

store::Verified audit_chain(const store::AuditFound& found) {
  store::Verified out{"audit_chain", "every entry of the audit is as it was sealed", static_cast<std::size_t>(found.places), {}};
  if (!found.bad.empty())
    out.differences.push_back({out.invariant, found.entry ? "entry " + std::to_string(found.entry) : "chain " + found.chain, found.bad});
  return out;
}

std::string verified_json(const std::vector<store::Verified>& all) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("items").begin_array();
  for (const auto& one : all) {
    writer.begin_object().key("invariant").string(one.invariant).key("says").string(one.says);
    writer.key("checked").integer(static_cast<std::int64_t>(one.checked)).key("differences").begin_array();
    for (const auto& difference : one.differences)
      writer.begin_object().key("subject").string(difference.subject).key("detail").string(difference.detail).end_object();
    writer.end_array().end_object();
  }
  writer.end_array().end_object();
  return out + "\n";
}

std::string verified_text(const std::vector<store::Verified>& all) {
  std::string out;
  for (const auto& one : all) {
    out += (one.differences.empty() ? "ok    " : "DIFF  ") + one.invariant + "  " + one.says + " (" + std::to_string(one.checked) +
           " looked at)\n";
    for (const auto& difference : one.differences) out += "        " + difference.subject + ": " + difference.detail + "\n";
  }
  return out;
}

}  // namespace

int said(const Fault& fault) {
  std::fprintf(stderr, "crossdock: %s (%s)\n", fault.message().c_str(), fault.code().c_str());
  return fault.worth_retrying() ? exit_unavailable : exit_failed;
}

std::optional<Settings> settings_of(const CommandOptions& options) {
  auto loaded = load(options.folder, config::process_environment, options.flags);
  hide_secrets(loaded.settings);
  if (!loaded.problems.empty()) std::fputs(config::render(loaded.problems, config::Format::text, isatty(2) != 0).c_str(), stderr);
  if (!loaded.usable()) return {};
  return std::move(loaded.settings);
}

int check_folder(const CommandOptions& options, const std::string& format) {
  auto checked = check(options.folder, config::process_environment);
  auto wanted = format == "json" ? config::Format::json : format == "sarif" ? config::Format::sarif : config::Format::text;
  print(config::render(checked.problems, wanted, isatty(1) != 0));
  if (checked.problems.empty() && wanted == config::Format::text) print("The configuration is in order.\n");
  return checked.exit_code;
}

int migrate_status(const CommandOptions& options) {
  auto settings = settings_of(options);
  if (!settings) return exit_configuration;
  postgres::Connection connection(database_settings(*settings), "migrate");
  auto status = postgres::migration_status(connection, migrations());
  if (!status) return said(status.fault());
  if (options.json) {
    print(status_json(*status));
  } else {
    for (const auto& row : *status) print(status_line(row));
  }
  return exit_ok;
}

int migrate_up(const CommandOptions& options) {
  auto settings = settings_of(options);
  if (!settings) return exit_configuration;
  auto done = bring_up_to_date(database_settings(*settings));
  if (!done) return said(done.fault());
  print(options.json ? "{\"up_to_date\":true}\n" : "The schema is up to date.\n");
  return exit_ok;
}

int migrate_verify(const CommandOptions& options) {
  auto settings = settings_of(options);
  if (!settings) return exit_configuration;
  auto done = check_up_to_date(database_settings(*settings));
  if (!done && options.json && !done.fault().worth_retrying()) print("{\"up_to_date\":false}\n");
  if (!done) return done.fault().worth_retrying() ? said(done.fault()) : (said(done.fault()), exit_difference);
  print(options.json ? "{\"up_to_date\":true}\n" : "The schema is what this binary expects.\n");
  return exit_ok;
}

int verify_data(const CommandOptions& options) {
  auto settings = settings_of(options);
  if (!settings) return exit_configuration;
  postgres::Connection connection(database_settings(*settings), "verify");
  auto all = store::verify(connection);
  if (!all) return said(postgres::as_fault(all.failure()));
  auto audited = store::verify_audit(database_settings(*settings), {});
  if (!audited) return said(postgres::as_fault(audited.failure()));
  all->push_back(audit_chain(*audited));
  print(options.json ? verified_json(*all) : verified_text(*all));
  for (const auto& one : *all)
    if (!one.differences.empty()) return exit_difference;
  return exit_ok;
}

}  // namespace crossdock::app
