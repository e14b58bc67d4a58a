#include "hub/writers.hpp"

#include <algorithm>

#include "promise/words.hpp"

namespace crossdock::hub {

Writers::Writers(const postgres::Settings& database, const store::Shared& shared, store::WriterSettings each, std::size_t count) {
  each.queue /= count;
  for (std::size_t i = 0; i < count; ++i) all_.push_back(std::make_unique<store::Writer>(database, shared, each));
}

void Writers::submit(std::shared_ptr<ledger::Request> request, const store::Completion& done) {
  auto& writer = *all_[all_.size() == 1 ? 0 : promise::hash_of(request->meets_on()) % all_.size()];
  writer.submit(std::move(request), done);
}

void Writers::stop() {
  for (auto& each : all_) each->stop();
}

store::WriterFigures Writers::figures() const {
  store::WriterFigures sum;
  for (const auto& each : all_) {
    auto one = each->figures();
    sum.batches += one.batches;
    sum.requests += one.requests;
    sum.retries += one.retries;
    sum.failures += one.failures;
    sum.waiting += one.waiting;
  }
  return sum;
}

std::size_t Writers::waiting() const {
  std::size_t most = 0;
  for (const auto& each : all_) most = std::max(most, each->waiting());
  return most;
}

}  // namespace crossdock::hub
