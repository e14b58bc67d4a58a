// `crossdock audit verify`: is the audit as it was written, and does it agree with what was signed outside the database?
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "app/commands.hpp"
#include "app/exit.hpp"
#include "app/wiring.hpp"
#include "crossdock/base/json.hpp"
#include "store/audit_verify.hpp"

namespace crossdock::app {

namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return {};
  return text.str();
}

/// The heads of a file, each with a good signature; a Fault names the line that has none.
Result<std::vector<ledger::AuditHead>> read_heads(const std::string& path, const VerifyingKey& key) {
  auto text = read_file(path);
  if (!text) return Fault(FaultKind::broken, "no_heads", path + " cannot be read");
  std::vector<ledger::AuditHead> heads;
  std::istringstream lines(*text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    auto head = ledger::head_from(line);
    const std::string where = path + ":" + std::to_string(number) + ": ";
    if (!head) return Fault(FaultKind::invalid, head.fault().code(), where + head.fault().message());
    if (!key.verify(ledger::signed_text(*head), head->signature))
      return Fault(FaultKind::invalid, "bad_signature", where + "the key has not signed this head");
    heads.push_back(std::move(*head));
  }
  return heads;
}

/// What the folder names, or the options in its place.
Result<std::vector<ledger::AuditHead>> heads_of(const Settings& settings, const AuditOptions& options) {
  const auto& path = options.heads.empty() ? settings.audit.heads : options.heads;
  if (path.empty()) return std::vector<ledger::AuditHead>();
  auto pem = options.key.empty() ? std::optional(settings.audit.key.reveal()) : read_file(options.key);
  auto key = VerifyingKey::from_pem(pem.value_or(""));
  if (!key)
    return Fault(FaultKind::invalid, key.fault().code(), "the heads of " + path + " need their key (--key FILE): " + key.fault().message());
  return read_heads(path, *key);
}

void show_progress(std::int64_t done, std::int64_t all) {
  std::fprintf(stderr, "\r%lld of %lld entries", static_cast<long long>(done), static_cast<long long>(all));
  if (all - done < 20'000) std::fputs("\n", stderr);
}

std::string as_json(const store::AuditFound& found, std::size_t heads) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("good").boolean(found.bad.empty()).key("chain").string(found.chain).key("places").integer(found.places);
  writer.key("unsealed").integer(found.unsealed).key("heads").integer(static_cast<std::int64_t>(heads));
  if (found.entry) writer.key("entry").integer(found.entry);
  if (!found.bad.empty()) writer.key("bad").string(found.bad);
  writer.end_object();
  return out + "\n";
}

std::string as_text(const store::AuditFound& found, std::size_t heads) {
  if (!found.bad.empty())
    return "DIFF  " + (found.entry ? "entry " + std::to_string(found.entry) + ": " : std::string()) + found.bad + "\n";
  return "ok    " + std::to_string(found.places) + " entries are as they were sealed, " + std::to_string(found.unsealed) +
         " wait to be sealed, " + std::to_string(heads) + " signed heads agree\n";
}

}  // namespace

int audit_verify(const CommandOptions& options, const AuditOptions& audit) {
  auto settings = settings_of(options);
  if (!settings) return exit_configuration;
  auto heads = heads_of(*settings, audit);
  if (!heads) {
    std::fprintf(stderr, "crossdock: %s (%s)\n", heads.fault().message().c_str(), heads.fault().code().c_str());
    return heads.fault().code() == "bad_signature" || heads.fault().code() == "bad_head" ? exit_difference : exit_failed;
  }
  auto found = store::verify_audit(database_settings(*settings), *heads, isatty(2) != 0 && !options.json ? show_progress : nullptr);
  if (!found) return said(postgres::as_fault(found.failure()));
  std::fputs((options.json ? as_json(*found, heads->size()) : as_text(*found, heads->size())).c_str(), stdout);
  return found->bad.empty() ? exit_ok : exit_difference;
}

}  // namespace crossdock::app
