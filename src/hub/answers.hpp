// Asking systems now: credit and shipping method over HTTP, each with its deadline, circuit and last known answer.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crossdock/base/bucket.hpp"
#include "crossdock/model/order.hpp"
#include "crossdock/runtime/task.hpp"
#include "http/client.hpp"
#include "hub/circuit.hpp"
#include "hub/settings.hpp"
#include "promise/catalog.hpp"
#include "runtime/loops.hpp"
#include "validation/answers.hpp"

namespace crossdock::hub {

/// The last answers by key, for the rule `last_known`. Any thread; bounded.
template <class Facts>
class LastKnown {
 public:
  void put(const std::string& key, const Facts& facts, Instant at) {
    std::lock_guard hold(lock_);
    if (known_.size() > 100'000) known_.clear();
    known_[key] = {facts, at};
  }
  std::optional<std::pair<Facts, Instant>> get(const std::string& key) const {
    std::lock_guard hold(lock_);
    auto it = known_.find(key);
    if (it == known_.end()) return {};
    return it->second;
  }

 private:
  mutable std::mutex lock_;
  std::unordered_map<std::string, std::pair<Facts, Instant>> known_;
};

/// What all loops share of the systems that are asked.
struct Askable {
  explicit Askable(const Settings& settings);
  std::optional<AnswerSettings> credit, shipping_method;
  std::function<Instant()> now = Instant::now;  ///< the clock that an answer without a time of its own is dated by
  std::unique_ptr<CircuitBreaker> credit_circuit, method_circuit;
  std::shared_ptr<Bucket> credit_rate, method_rate;  ///< the same one where one system answers both; null: unlimited
  LastKnown<validation::CreditFacts> credit_known;
  LastKnown<validation::MethodFacts> method_known;
};

/// An order as systems are asked about it: what `:name` stands for in a path or a query's value. What is not known is empty.
struct Question {
  Question(const OrderRequest& order, const promise::Catalog& catalog);
  std::string customer;
  std::optional<std::string> shipping_method;
  std::string country;
  std::vector<std::pair<std::string_view, std::string>> values;
};

/// One a loop: its own connections, to each system its share of what the system bears at once; a question waits for a free one.
class Asker {
 public:
  Asker(asio::io_context& loop, std::shared_ptr<Askable> shared, std::size_t loops);

  Task<validation::Answer<validation::CreditFacts>> credit(Question question, Deadline deadline);
  Task<validation::Answer<validation::MethodFacts>> method(Question question, Deadline deadline);

 private:
  std::shared_ptr<http::Client> credit_client_, method_client_;  ///< the same one where one system answers both
  std::shared_ptr<Askable> shared_;
};

}  // namespace crossdock::hub
