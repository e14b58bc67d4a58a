#include "hub/answers.hpp"

#include "crossdock/base/json.hpp"
#include "runtime/within.hpp"

namespace crossdock::hub {

namespace {

std::unique_ptr<CircuitBreaker> circuit_for(const std::optional<AnswerSettings>& answer) {
  if (!answer) return nullptr;
  return std::make_unique<CircuitBreaker>(answer->open_after, answer->window, answer->probe_after);
}

std::shared_ptr<Bucket> rate_for(const std::optional<AnswerSettings>& answer) {
  if (!answer || !answer->rate) return nullptr;
  return std::make_shared<Bucket>(*answer->rate);
}

/// Whether one system answers both: then both together keep to what it can bear.
bool one_system(const Askable& asked) {
  return asked.credit && asked.shipping_method && asked.credit->system == asked.shipping_method->system;
}

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  return out;
}

/// Puts values in for the :names of a path or a query's value.
std::string filled(std::string_view pattern, const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string out;
  while (!pattern.empty()) {
    auto colon = pattern.find(':');
    out += pattern.substr(0, colon);
    if (colon == std::string_view::npos) break;
    pattern.remove_prefix(colon + 1);
    std::size_t length = 0;
    while (length < pattern.size() && (std::isalnum(static_cast<unsigned char>(pattern[length])) || pattern[length] == '_')) ++length;
    for (const auto& [name, value] : values)
      if (name == pattern.substr(0, length)) out += percent_encoded(value);
    pattern.remove_prefix(length);
  }
  return out;
}

std::string url_of(const AnswerSettings& answer, const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string url = answer.base_url + filled(answer.path, values);
  char separator = '?';
  for (const auto& [name, value] : answer.query) {
    url += separator + percent_encoded(name) + "=" + filled(value, values);
    separator = '&';
  }
  return url;
}

std::optional<Decimal> decimal_at(json::View object, std::string_view name) {
  auto member = object.find(name);
  if (!member || (!member->is(json::Kind::string) && !member->is(json::Kind::number))) return {};
  auto parsed = Decimal::parse(member->text());
  return parsed ? std::optional<Decimal>(parsed.value) : std::nullopt;
}

bool flag_at(json::View object, std::string_view name, bool otherwise) {
  auto member = object.find(name);
  return member && member->is(json::Kind::boolean) ? member->boolean() : otherwise;
}

std::optional<Instant> instant_at(json::View object, std::string_view name) {
  auto member = object.find(name);
  return member && member->is(json::Kind::string) ? Instant::parse(member->text()) : std::nullopt;
}

std::optional<validation::CreditFacts> credit_from(json::View object) {
  validation::CreditFacts facts;
  auto exposure = decimal_at(object, "exposure");
  if (!exposure) return {};  // an answer without it is none
  facts.limit = decimal_at(object, "limit");
  facts.exposure = *exposure;
  facts.hold = flag_at(object, "hold", false);
  facts.past_due = decimal_at(object, "past_due").value_or(Decimal());
  return facts;
}

std::optional<validation::MethodFacts> method_from(json::View object) {
  validation::MethodFacts facts;
  if (!object.find("eligible")) return {};
  facts.eligible = flag_at(object, "eligible", true);
  if (auto reason = object.find("reason"); reason && reason->is(json::Kind::string)) facts.reason = reason->text();
  facts.max_weight_kg = decimal_at(object, "max_weight_kg");
  return facts;
}

/// Whether the system may be asked now: its circuit is closed, and its rate allows it within the time that the question has. Waits for
/// its turn.
Task<bool> admitted(CircuitBreaker& circuit, Bucket* rate, Deadline limit) {
  if (!circuit.admit(Clock::now())) co_return false;
  if (!rate) co_return true;
  auto taken = rate->take(Clock::now(), std::chrono::floor<std::chrono::milliseconds>(limit.left()));
  if (!taken.granted) {
    circuit.withdrawn(Clock::now());
    co_return false;
  }
  if (taken.wait.count() > 0) {
    auto waiting = runtime::pause(taken.wait);
    co_await std::move(waiting);
  }
  co_return true;
}

/// One question to one system: within its own time and rate, through its circuit; without an answer the last known one, marked as such.
template <class Facts, class Read>
Task<validation::Answer<Facts>> ask(http::Client& client, const AnswerSettings& answer, CircuitBreaker& circuit, Bucket* rate,
                                    LastKnown<Facts>& known, std::string url, std::string key, Read read,
                                    const std::function<Instant()>& now, Deadline deadline) {
  validation::Answer<Facts> out;
  out.source = answer.system;
  auto began = Clock::now();
  auto limit = deadline.or_sooner(answer.timeout);
  auto admission = admitted(circuit, rate, limit);
  bool asked = co_await std::move(admission);
  bool answered = false;
  if (asked) {
    http::ClientRequest request("GET", std::move(url));
    if (!answer.token.empty()) request.with("Authorization", "Bearer " + answer.token);
    auto calling = client.call(std::move(request), limit);
    Result<http::ClientResponse> response = co_await std::move(calling);
    bool late = !response && Clock::now() - began >= answer.timeout - std::chrono::milliseconds(1);
    out.status = late ? validation::AnswerStatus::timed_out : validation::AnswerStatus::unavailable;
    if (response && response->status == 200) {
      json::Document document;
      if (!document.parse(std::move(response->body)) && document.root().is(json::Kind::object)) {
        out.facts = read(document.root());
        out.as_of = instant_at(document.root(), "as_of").value_or(now());
        answered = out.facts.has_value();
      }
    }
    if (answered)
      circuit.succeeded(Clock::now());
    else
      circuit.failed(Clock::now());
    out.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
  } else {
    out.status = validation::AnswerStatus::unavailable;
  }
  if (answered) {
    out.status = validation::AnswerStatus::answered;
    known.put(key, *out.facts, *out.as_of);
  } else if (auto last = known.get(key)) {
    out.facts = last->first;
    out.as_of = last->second;
  }
  co_return out;
}

}  // namespace

Askable::Askable(const Settings& settings)
    : credit(settings.credit),
      shipping_method(settings.shipping_method),
      credit_circuit(circuit_for(credit)),
      method_circuit(circuit_for(shipping_method)),
      credit_rate(rate_for(credit)),
      method_rate(one_system(*this) ? credit_rate : rate_for(shipping_method)) {}

namespace {

/// In kg, of the lines whose items have a weight; nothing known: empty.
std::string weight_of(const OrderRequest& order, const promise::Catalog& catalog) {
  Decimal weight;
  for (const auto& line : order.lines) {
    auto item = catalog.item(line.sku);
    auto factor = item ? item->factor(line.uom.value_or("")) : std::nullopt;
    if (factor) weight += item->weight_kg.value() * to_base(line.quantity, *factor).quantity;
  }
  return weight.positive() ? weight.text() : std::string();
}

/// Of the lines that say their price.
std::string amount_of(const OrderRequest& order) {
  Decimal amount;
  for (const auto& line : order.lines)
    if (line.unit_price) amount += line.quantity * *line.unit_price;
  return amount.positive() ? amount.text() : std::string();
}

}  // namespace

Question::Question(const OrderRequest& order, const promise::Catalog& catalog)
    : customer(order.customer), shipping_method(order.shipping_method), country(order.ship_to ? order.ship_to->country.value_or("") : "") {
  auto address = order.ship_to.value_or(Address());
  values = {{"customer", customer},
            {"currency", order.currency},
            {"amount", amount_of(order)},
            {"source", order.source},
            {"order_number", order.order_number},
            {"shipping_method", shipping_method.value_or("")},
            {"country", country},
            {"region", address.region.value_or("")},
            {"postal_code", address.postal_code.value_or("")},
            {"weight_kg", weight_of(order, catalog)}};
}

namespace {

/// At least one a loop, so that every loop can ask.
std::shared_ptr<http::Client> client_for(asio::io_context& loop, const std::optional<AnswerSettings>& answer, std::size_t loops) {
  http::ClientSettings settings;
  if (answer) settings.connections_per_host = std::max<std::size_t>(1, static_cast<std::size_t>(answer->in_flight) / loops);
  return std::make_shared<http::Client>(loop, settings);
}

}  // namespace

Asker::Asker(asio::io_context& loop, std::shared_ptr<Askable> shared, std::size_t loops)
    : credit_client_(client_for(loop, shared->credit, loops)),
      method_client_(one_system(*shared) ? credit_client_ : client_for(loop, shared->shipping_method, loops)),
      shared_(std::move(shared)) {}

Task<validation::Answer<validation::CreditFacts>> Asker::credit(Question question, Deadline deadline) {
  if (!shared_->credit) co_return validation::Answer<validation::CreditFacts>();
  auto url = url_of(*shared_->credit, question.values);
  auto asking = ask(*credit_client_, *shared_->credit, *shared_->credit_circuit, shared_->credit_rate.get(), shared_->credit_known,
                    std::move(url), question.customer, credit_from, shared_->now, deadline);
  validation::Answer<validation::CreditFacts> answer = co_await std::move(asking);
  co_return answer;
}

Task<validation::Answer<validation::MethodFacts>> Asker::method(Question question, Deadline deadline) {
  if (!shared_->shipping_method || !question.shipping_method) co_return validation::Answer<validation::MethodFacts>();
  auto url = url_of(*shared_->shipping_method, question.values);
  std::string key = *question.shipping_method + "|" + question.country;
  auto asking = ask(*method_client_, *shared_->shipping_method, *shared_->method_circuit, shared_->method_rate.get(), shared_->method_known,
                    std::move(url), key, method_from, shared_->now, deadline);
  validation::Answer<validation::MethodFacts> answer = co_await std::move(asking);
  co_return answer;
}

}  // namespace crossdock::hub
