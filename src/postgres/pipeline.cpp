#include "postgres/pipeline.hpp"

#include <libpq-fe.h>

#include <optional>

#include "postgres/answer.hpp"
#include "postgres/failure.hpp"
#include "postgres/wire.hpp"

namespace crossdock::postgres {

namespace {

void refuse_faulty(std::span<const Param> params) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto fault = params[i].fault();
    if (fault.empty()) continue;
    throw Error({FailureKind::data, std::string(fault.substr(0, 5)),
                 "parameter " + std::to_string(i + 1) + ":" + std::string(fault.substr(5)), false});
  }
}

}  // namespace

void Pipeline::lost() {
  takers_.clear();
  throw Error({FailureKind::lost, {}, trimmed(PQerrorMessage(connection_)), false});
}

void Pipeline::enter() {
  if (PQpipelineStatus(connection_) == PQ_PIPELINE_OFF && PQenterPipelineMode(connection_) != 1) lost();
}

namespace {

/// The parameters as libpq takes them.
struct Sent {
  explicit Sent(std::span<const Param> params) : values(params.size()), lengths(params.size()), formats(params.size()) {
    refuse_faulty(params);
    for (std::size_t i = 0; i < params.size(); ++i) {
      if (params[i].is_null()) continue;
      values[i] = params[i].data().data();
      lengths[i] = static_cast<int>(params[i].data().size());
      formats[i] = params[i].binary() ? 1 : 0;
    }
  }
  int count() const { return static_cast<int>(values.size()); }
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

}  // namespace

void Pipeline::send(std::string_view statement, std::span<const Param> params, Taker take) {
  const Sent sent(params);
  enter();
  const std::string name(statement);
  if (PQsendQueryPrepared(connection_, name.c_str(), sent.count(), sent.values.data(), sent.lengths.data(), sent.formats.data(), 0) != 1)
    lost();
  takers_.push_back(std::move(take));
}

void Pipeline::send_sql(const char* sql, std::span<const Param> params, Taker take) {
  const Sent sent(params);
  enter();
  if (PQsendQueryParams(connection_, sql, sent.count(), nullptr, sent.values.data(), sent.lengths.data(), sent.formats.data(), 0) != 1)
    lost();
  takers_.push_back(std::move(take));
}

std::vector<Pipeline::Answered> Pipeline::settle() {
  if (takers_.empty()) return {};
  if (PQpipelineSync(connection_) != 1) lost();
  return answers();
}

void Pipeline::forget() {
  try {
    settle();
  } catch (const Error& error) {
    if (error.failure().kind == FailureKind::lost) throw;
  }
}

std::vector<Pipeline::Answered> Pipeline::answers() {
  const auto takers = std::exchange(takers_, {});
  std::vector<Answered> all;
  std::optional<Failure> failure;
  for (const auto& take : takers) {
    Received answer(PQgetResult(connection_));
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
      all.emplace_back(take, Rows(std::make_shared<const Rows::Wire>(Rows::Wire{{}, std::move(answer)})));
    else if (!failure && status != PGRES_PIPELINE_ABORTED)
      failure = refusal(answer.get());
    if (PQstatus(connection_) == CONNECTION_BAD) lost();
    while (const Received more{PQgetResult(connection_)}) {  // null parts one statement's answer from the next
    }
  }
  const Received sync(PQgetResult(connection_));
  if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(connection_) != 1) lost();
  if (failure) throw Error(*failure);
  return all;
}

}  // namespace crossdock::postgres
