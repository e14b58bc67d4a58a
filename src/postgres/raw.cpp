#include "postgres/raw.hpp"

#include <libpq-fe.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "postgres/answer.hpp"

namespace crossdock::postgres::raw {
namespace {

bool went_wrong(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

}  // namespace

Result<std::map<std::string, std::string>> parse(std::string_view connection) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(std::string(connection).c_str(), &complaint),
                                                                             PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned(complaint, PQfreemem);
  // libpq's complaint may quote the string, and the string may hold a password.
  if (!options) {
    return Fault(FaultKind::broken, "postgres_url",
                 "the PostgreSQL connection string does not parse; expected postgresql://user@host/db or key=value");
  }
  std::map<std::string, std::string> out;
  for (const auto* option = options.get(); option->keyword; ++option) {
    if (option->val) out.emplace(option->keyword, option->val);
  }
  return out;
}

bool one_address(std::string_view connection) {
  const auto parsed = parse(connection);
  if (!parsed) return false;
  const auto said = [&](const char* key, const char* variable) {
    if (const auto found = parsed->find(key); found != parsed->end()) return found->second;
    const char* text = std::getenv(variable);
    return std::string(text ? text : "");
  };
  const auto address = said("hostaddr", "PGHOSTADDR"), host = said("host", "PGHOST");
  if ((address + host).find(',') != std::string::npos || parsed->contains("service")) return false;
  if (!address.empty() || host.empty() || host[0] == '/' || host[0] == '@') return true;
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
  return found && !found->ai_next;
}

StopSignal::StopSignal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
StopSignal::~StopSignal() { ::close(descriptor_); }
void StopSignal::set() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void StopSignal::wait(Clock::duration time) const {
  pollfd watched{descriptor_, POLLIN, 0};
  ::poll(&watched, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(time).count()));
}

void Link::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

Link::Waited Link::wait(short events, Deadline deadline) const {
  std::array<pollfd, 2> watched{pollfd{PQsocket(connection_.get()), events, 0}, pollfd{stop_ ? stop_->descriptor() : -1, POLLIN, 0}};
  for (;;) {
    if (curfew_ && curfew_->passed()) return Waited::stopped;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.left()).count();
    const long long turn = curfew_ ? 100 : 3'600'000;  // a curfew may be set while we wait
    const int count = ::poll(watched.data(), watched.size(), static_cast<int>(std::min<long long>(left, turn)));
    if (count > 0) return watched[1].revents != 0 ? Waited::stopped : Waited::ready;
    if (count == 0 && deadline.passed()) return Waited::late;
  }
}

Failure Link::lost(std::string why) {
  connection_.reset();
  return {FailureKind::lost, {}, std::move(why), false};
}

Failure Link::late(Waited waited) { return lost(waited == Waited::stopped ? "stopped" : "no answer from PostgreSQL within the limit"); }

Attempt<Done> Link::connect(const std::string& connection, Deadline deadline) {
  connection_.reset(PQconnectStart(connection.c_str()));
  if (!connection_) return lost("out of memory");
  for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK; step = PQconnectPoll(connection_.get())) {
    if (step == PGRES_POLLING_FAILED || PQstatus(connection_.get()) == CONNECTION_BAD)
      return lost(trimmed(PQerrorMessage(connection_.get())));
    const auto waited = wait(step == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    if (waited != Waited::ready) return late(waited);
  }
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  return Done{};
}

Attempt<Done> Link::answer(Deadline deadline) {
  while (PQisBusy(connection_.get())) {
    const auto waited = wait(POLLIN, deadline);
    if (waited != Waited::ready) return late(waited);
    if (!PQconsumeInput(connection_.get())) return lost(trimmed(PQerrorMessage(connection_.get())));
  }
  return Done{};
}

Attempt<std::optional<std::string>> Link::execute(const std::string& sql, Deadline deadline) {
  if (!open()) return lost("not connected");
  if (!PQsendQuery(connection_.get(), sql.c_str())) return lost(trimmed(PQerrorMessage(connection_.get())));
  std::optional<std::string> cell;
  std::optional<Failure> failure;
  for (;;) {
    if (auto complete = answer(deadline); !complete) return failure.value_or(complete.failure());
    const Received result(PQgetResult(connection_.get()));
    if (!result) break;
    if (went_wrong(result.get())) failure = refusal(result.get());
    cell.reset();
    if (PQntuples(result.get()) > 0 && PQnfields(result.get()) > 0 && !PQgetisnull(result.get(), 0, 0))
      cell = PQgetvalue(result.get(), 0, 0);
  }
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return lost(failure ? failure->message : "the connection broke");
  if (failure) return *failure;
  return cell;
}

Attempt<Done> Link::copy_out(const std::string& sql, Clock::duration quiet, const std::function<void(std::string_view)>& on_chunk) {
  if (!open()) return lost("not connected");
  if (!PQsendQuery(connection_.get(), sql.c_str())) return lost(trimmed(PQerrorMessage(connection_.get())));
  if (auto complete = answer(Deadline::in(quiet)); !complete) return complete.failure();
  if (const Received result(PQgetResult(connection_.get())); PQresultStatus(result.get()) != PGRES_COPY_OUT) {
    auto failure = went_wrong(result.get()) ? refusal(result.get()) : Failure{FailureKind::other, {}, "this is no COPY TO STDOUT", false};
    while (const Received rest{PQgetResult(connection_.get())}) {
    }
    return failure;
  }
  for (;;) {
    char* chunk = nullptr;
    const int size = PQgetCopyData(connection_.get(), &chunk, 1);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(chunk, PQfreemem);
    if (size > 0) on_chunk({chunk, static_cast<std::size_t>(size)});
    if (size < 0) break;  // the end, or an error that the last result tells
    if (size != 0) continue;
    const auto waited = wait(POLLIN, Deadline::in(quiet));
    if (waited != Waited::ready) return late(waited);
    if (!PQconsumeInput(connection_.get())) return lost(trimmed(PQerrorMessage(connection_.get())));
  }
  std::optional<Failure> failure;
  for (;;) {
    if (auto complete = answer(Deadline::in(quiet)); !complete) return complete.failure();
    const Received result(PQgetResult(connection_.get()));
    if (!result) break;
    if (went_wrong(result.get())) failure = refusal(result.get());
  }
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return lost(failure ? failure->message : "the connection broke");
  if (failure) return *failure;
  return Done{};
}

Attempt<std::vector<Notification>> Link::notifications(Clock::duration duration) {
  if (!open()) return lost("not connected");
  std::vector<Notification> out;
  const auto take = [&] {
    while (PGnotify* one = PQnotifies(connection_.get())) {
      const std::unique_ptr<PGnotify, decltype(&PQfreemem)> owned(one, PQfreemem);
      out.push_back({one->relname, one->extra});
    }
  };
  take();  // those that came with the answer to an earlier statement
  if (!out.empty() || wait(POLLIN, Deadline::in(duration)) != Waited::ready) return out;
  if (!PQconsumeInput(connection_.get())) return lost(trimmed(PQerrorMessage(connection_.get())));
  take();
  return out;
}

std::string Link::identifier(std::string_view word) {
  std::string out = "\"";
  for (const char c : word) {
    if (c == '"') out += c;
    out += c;
  }
  return out += '"';
}

std::string Link::quoted(std::string_view text) {
  std::string out = "'";  // standard_conforming_strings: only the quote is special
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out += '\'';
}

}  // namespace crossdock::postgres::raw
