#include "hub/sealer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

#include "observe/log.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {

std::optional<SigningKey> key_of(const AuditSettings& settings) {
  if (settings.key.empty()) return {};
  auto key = SigningKey::from_pem(settings.key);
  if (!key) throw std::invalid_argument("audit.key: " + key.fault().message());
  return std::move(*key);
}

/// One write of one line: several instances on one machine may share the file.
bool append(const std::string& path, const std::string& line) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0) return false;
  const bool written = ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file) == 0;
  return ::close(file) == 0 && written;
}

}  // namespace

Sealer::Sealer(const Settings& settings)
    : settings_(settings.audit), key_(key_of(settings.audit)), seal_(deciding(settings)), write_at_(Deadline::in(settings.audit.every)) {}

Sealer::~Sealer() { stop(); }

void Sealer::start() {
  thread_ = std::thread([this] { run(); });
}

void Sealer::stop() {
  {
    std::lock_guard hold(lock_);
    stopping_ = true;
  }
  condition_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Sealer::run() {
  for (;;) {
    const bool more = turn();
    write_head(false);
    std::unique_lock hold(lock_);
    condition_.wait_for(hold, more ? 0s : 1s, [this] { return stopping_; });
    if (stopping_) break;
  }
  turn();
  write_head(true);
}

/// Whether more waits.
bool Sealer::turn() {
  auto sealed = seal_.turn();
  if (!sealed) {
    log::warning("audit.not_sealed", {{"code", postgres::name(sealed.failure().kind)}, {"message", sealed.failure().message}});
    return false;
  }
  if (!*sealed) return false;
  head_ = std::move((*sealed)->head);
  places_ = head_->place;
  return (*sealed)->more;
}

/// Into the log, too: it is kept elsewhere than the database, whoever keeps it.
void Sealer::write_head(bool now) {
  if (!head_ || head_->place == written_ || (!now && !write_at_.passed())) return;
  write_at_ = Deadline::in(settings_.every);
  written_ = head_->place;
  if (key_) head_->signature = key_->sign(ledger::signed_text(*head_));
  log::info("audit.head", {{"chain", head_->chain}, {"place", head_->place}, {"link", head_->link}});
  if (settings_.heads.empty() || append(settings_.heads, ledger::to_line(*head_) + "\n")) return;
  ++lost_heads_;
  log::error("audit.head_lost",
             {{"file", settings_.heads}, {"message", "the audit's head could not be written; look at the file's folder"}});
}

}  // namespace crossdock::hub
