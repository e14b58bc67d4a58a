#include "hub/hub.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "crossdock/base/id.hpp"
#include "crossdock/model/codec.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "runtime/reply.hpp"
#include "store/loader.hpp"
#include "validation/atp.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {

constexpr const char* channel = "crossdock_change";
constexpr auto longest_wait_for_a_duplicate = 2s;  // PROTOCOLS.md A
constexpr auto longest_wait_for_news = 1s;         // from other instances

Fault in_progress() {
  return Fault(FaultKind::unavailable, "request_in_progress",
               "A request with this Idempotency-Key has not ended; repeat it a little later.")
      .retry_after(1s);
}

Fault fault_of(store::Undecided why) {
  using store::Undecided;
  if (why == Undecided::overloaded)
    return Fault(FaultKind::unavailable, "overloaded", "Too much waits for the database already; try again.").retry_after(1s);
  if (why == Undecided::in_progress) return in_progress();
  if (why == Undecided::broken) return Fault(FaultKind::broken, "internal", "The database refused; the log has the reason.");
  return Fault(FaultKind::unavailable, "not_ready", "The database is away; try again with the same Idempotency-Key.").retry_after(2s);
}

Fault not_durable() {
  return Fault(FaultKind::unavailable, "not_ready",
               "The database is set so that an accepted order could be lost; nothing is taken until "
               "that is mended.")
      .retry_after(5s);
}

Fault late() {
  return Fault(FaultKind::uncertain, "deadline_exceeded", "No decision came in time; ask again with the same Idempotency-Key.")
      .retry_after(1s);
}

std::unique_ptr<Writers> make_writers(const Settings& settings, const store::Shared& shared, const char* role, std::size_t batch,
                                      std::size_t count) {
  store::WriterSettings wanted;
  wanted.role = role;
  wanted.batch = batch;
  return std::make_unique<Writers>(deciding_by_keys(settings), shared, wanted, count);
}

}  // namespace

Hub::Hub(Settings settings, runtime::Loops& loops) : settings_(std::move(settings)), loops_(loops) {
  settings_.database.curfew = std::make_shared<postgres::Curfew>();
  shared_ = shared();
}

Hub::~Hub() = default;

store::Shared Hub::shared() {
  store::Shared out;
  out.rules = settings_.rules;
  out.locations = [this] { return memory_.catalog().locations(); };
  out.own_commits = &memory_;
  out.outgoing = [this](std::vector<ledger::Outgoing> rows) {
    if (publisher_) publisher_->offer(std::move(rows));
  };
  out.committed = [this] {
    if (notifier_) notifier_->wake(channel);
    if (publisher_) publisher_->wake();
  };
  out.failed = [](const std::string& role, const postgres::Failure& failure) {
    log::warning("store.failed",
                 {{"role", role}, {"code", postgres::name(failure.kind)}, {"sqlstate", failure.sqlstate}, {"message", failure.message}});
  };
  return out;
}

Outcome Hub::start() {
  follower_ = std::make_unique<store::Follower>(settings_.database, memory_);
  auto loaded = follower_->load();
  if (!loaded) return postgres::as_fault(loaded.failure());
  log::info("hub.loaded", {{"positions", *loaded}, {"items", memory_.catalog().sizes().items}});
  auto notifier = postgres::Notifier::start(settings_.database, settings_.instance);
  if (!notifier) return notifier.fault();
  notifier_ = std::move(*notifier);
  publisher_ = std::make_unique<Publisher>(settings_);
  reader_ = std::make_unique<store::Reader>(settings_.database, settings_.readers);
  orders_ = make_writers(settings_, shared_, "orders", 256, settings_.order_writers);
  reservations_ = make_writers(settings_, shared_, "reservations", 256, 1);
  documents_ = make_writers(settings_, shared_, "documents", 500, 1);
  auto askable = std::make_shared<Askable>(settings_);
  askable->now = [this] { return memory_.now(); };
  for (std::size_t i = 0; i < loops_.size(); ++i) askers_.push_back(std::make_unique<Asker>(loops_.loop(i), askable, loops_.size()));
  intake_ = std::make_unique<Intake>(settings_, shared_, memory_);
  sweeper_ = std::make_unique<Sweeper>(settings_, shared_, memory_);
  sealer_ = std::make_unique<Sealer>(settings_);
  follower_->start();
  publisher_->start();
  sweeper_->start();
  sealer_->start();
  intake_->start();
  auto listener = postgres::Listener::start(settings_.database, {channel}, [this](std::string_view, std::string_view from) {
    if (from == settings_.instance) return;  // our own: known already
    follower_->wake();
    publisher_->wake();
    sweeper_->wake();
  });
  if (!listener) return listener.fault();
  listener_ = std::move(*listener);
  watch();
  loaded_ = true;
  return Done{};
}

void Hub::stop(Deadline deadline, const std::function<void(const char*)>& at) {
  auto stop = [&](const char* part, auto* which, auto&&... how) {
    if (at) at(part);
    if (which) which->stop(how...);
  };
  watches_.clear();
  curfew()->set(deadline);
  if (intake_) intake_->begin_stop(deadline);
  if (sweeper_) sweeper_->begin_stop();
  if (at) at("listener");
  listener_.reset();
  stop("intake", intake_.get());
  stop("writer orders", orders_.get());
  stop("writer reservations", reservations_.get());
  stop("writer documents", documents_.get());
  stop("sweeper", sweeper_.get());
  stop("sealer", sealer_.get());
  stop("publisher", publisher_.get(), std::chrono::duration_cast<std::chrono::milliseconds>(deadline.left()));
  stop("reader", reader_.get());
  stop("follower", follower_.get());
  if (at) at("notifier");
  notifier_.reset();
}

Writers& Hub::writer(Line line) {
  if (line == Line::orders) return *orders_;
  return line == Line::reservations ? *reservations_ : *documents_;
}

Hub::Waiting Hub::waiting(Line line) const {
  if (!loaded_) return {};
  const auto& asked = line == Line::orders ? *orders_ : line == Line::reservations ? *reservations_ : *documents_;
  return {asked.waiting(), asked.room()};
}

Task<Outcome> Hub::decide(std::shared_ptr<ledger::Request> request, Line line, Deadline deadline) {
  if (!loaded_) co_return Outcome(fault_of(store::Undecided::unavailable));
  if (*shared_.barred) co_return Outcome(not_durable());
  runtime::Reply<std::optional<store::Undecided>> reply(loops_.mailbox(loops_.here()));
  const auto* keyed = dynamic_cast<const ledger::KeyedRequest*>(request.get());
  const auto key = keyed ? keyed->key : ledger::IdempotencyId{};
  const bool first = key.key.empty() || keys_.enter(key);
  writer(line).submit(std::move(request), [this, key, first, reply](std::optional<store::Undecided> undecided) {
    if (first && !key.key.empty()) keys_.leave(key);
    reply.deliver(undecided);
  });
  auto waiting = reply.get(first ? deadline : deadline.or_sooner(longest_wait_for_a_duplicate));
  std::optional<std::optional<store::Undecided>> answer = co_await std::move(waiting);
  if (!answer) co_return Outcome(first || deadline.passed() ? late() : in_progress());
  if (*answer) co_return Outcome(fault_of(**answer));
  co_return Outcome(Done{});
}

Task<Outcome> Hub::decide_all(std::vector<std::shared_ptr<ledger::Request>> requests, Line line, Deadline deadline) {
  if (requests.empty()) co_return Outcome(Done{});
  if (!loaded_) co_return Outcome(fault_of(store::Undecided::unavailable));
  if (*shared_.barred) co_return Outcome(not_durable());
  struct Gathered {
    std::atomic<std::size_t> left;
    std::atomic<int> worst{-1};
  };
  auto gathered = std::make_shared<Gathered>();
  gathered->left = requests.size();
  runtime::Reply<int> reply(loops_.mailbox(loops_.here()));
  for (auto& request : requests)
    writer(line).submit(std::move(request), [gathered, reply](std::optional<store::Undecided> undecided) {
      if (undecided) gathered->worst = static_cast<int>(*undecided);
      if (gathered->left.fetch_sub(1) == 1) reply.deliver(gathered->worst);
    });
  if (line == Line::documents && sweeper_) sweeper_->wake();
  auto waiting = reply.get(deadline);
  std::optional<int> answer = co_await std::move(waiting);
  if (!answer) co_return Outcome(late());
  if (*answer >= 0) co_return Outcome(fault_of(static_cast<store::Undecided>(*answer)));
  if (line == Line::documents && sweeper_) sweeper_->wake();
  co_return Outcome(Done{});
}

Task<Outcome> Hub::ask(store::Reader::Question question, Deadline deadline) {
  if (!loaded_) co_return Outcome(fault_of(store::Undecided::unavailable));
  runtime::Reply<int> reply(loops_.mailbox(loops_.here()));
  reader_->ask(std::move(question), [reply](std::optional<postgres::Failure> failure) {
    if (failure) log::warning("store.question_failed", {{"code", postgres::name(failure->kind)}, {"message", failure->message}});
    int code = !failure ? -1 : failure->kind == postgres::FailureKind::other || failure->kind == postgres::FailureKind::data ? 1 : 0;
    reply.deliver(code);
  });
  auto waiting = reply.get(deadline);
  std::optional<int> answer = co_await std::move(waiting);
  if (!answer) co_return Outcome(late());
  if (*answer >= 0) co_return Outcome(fault_of(*answer == 1 ? store::Undecided::broken : store::Undecided::unavailable));
  co_return Outcome(Done{});
}

Task<bool> Hub::catch_up(Deadline deadline) {
  if (!loaded_) co_return false;
  deadline = deadline.or_sooner(longest_wait_for_news);
  runtime::Reply<bool> reply(loops_.mailbox(loops_.here()));
  follower_->catch_up(deadline, [reply](bool caught_up) { reply.deliver(caught_up); });
  auto waiting = reply.get(deadline);
  std::optional<bool> answer = co_await std::move(waiting);
  co_return answer.value_or(false);
}

/// By what this instance knows; what it does not know it looks for once among what others have stored.
Task<validation::Checked> Hub::check(const OrderRequest& order, const validation::Answers& answers, Deadline deadline) {
  auto checked = validation::check_order(order, memory_.catalog(), settings_.checks, answers, memory_.now());
  if (!validation::names_unknown(checked)) co_return checked;
  auto catching_up = catch_up(deadline);
  const bool caught_up = co_await std::move(catching_up);
  if (caught_up) checked = validation::check_order(order, memory_.catalog(), settings_.checks, answers, memory_.now());
  co_return checked;
}

/// Credit and shipping method are asked at the same time, each with its own deadline.
Task<validation::Answers> Hub::ask_others(const OrderRequest& order, Deadline deadline) {
  validation::Answers answers;
  if (!settings_.credit && !settings_.shipping_method) co_return answers;
  auto& asker = *askers_[loops_.here()];
  auto executor = co_await asio::this_coro::executor;
  runtime::Reply<validation::Answer<validation::CreditFacts>> credit(loops_.mailbox(loops_.here()));
  Question question(order, memory_.catalog());
  auto asking_credit = asker.credit(question, deadline);
  asio::co_spawn(executor, std::move(asking_credit),
                 [credit](const std::exception_ptr& broken, validation::Answer<validation::CreditFacts> answer) {
                   if (broken) answer.status = validation::AnswerStatus::unavailable;
                   credit.deliver(std::move(answer));
                 });
  auto asking_method = asker.method(question, deadline);
  answers.shipping_method = co_await std::move(asking_method);
  auto waiting = credit.get(Deadline::in(60s));
  std::optional<validation::Answer<validation::CreditFacts>> answered = co_await std::move(waiting);
  if (answered) answers.credit = std::move(*answered);
  co_return answers;
}

namespace {

struct StoredFacts {
  store::CustomerFacts customer;
  std::vector<validation::ReservedQuantity> reserved;
};

/// What a live reservation that the order names holds for it; nothing where there is none, or it is another client's.
std::vector<validation::ReservedQuantity> held_for(postgres::Transaction& tx, const std::string& reservation, const std::string& only_of,
                                                   Instant now) {
  std::vector<validation::ReservedQuantity> held;
  if (!is_uuid(reservation)) return held;
  for (const auto& row : store::read_reservations(tx, {reservation})) {
    if (!row.visible_to(only_of) || !row.live() || row.expires_at < now) continue;
    for (const auto& line : row.lines) held.push_back({line.position.sku, line.position.location, line.date, line.granted});
  }
  return held;
}

}  // namespace

Task<Result<Validation>> Hub::validate(OrderRequest order, std::string correlation_id, std::string only_of, Deadline deadline) {
  auto asking = ask_others(order, deadline);
  validation::Answers answers = co_await std::move(asking);
  auto facts = std::make_shared<StoredFacts>();
  auto question = ask(
      [facts, customer = order.customer, po = order.customer_po, reservation = order.reservation, only_of,
       now = memory_.now()](postgres::Transaction& tx) {
        facts->customer = store::customer_facts(tx, customer, po);
        if (reservation) facts->reserved = held_for(tx, *reservation, only_of, now);
      },
      deadline);
  Outcome asked = co_await std::move(question);
  if (!asked) co_return Result<Validation>(asked.fault());
  answers.pending_exposure = facts->customer.pending;
  for (auto& [source, number] : facts->customer.purchase_orders) answers.purchase_orders.push_back({source, number});
  auto checking = check(order, answers, deadline);
  validation::Checked checked = co_await std::move(checking);
  auto now = memory_.now();
  auto promises = validation::promise_order(checked, memory_.catalog(), memory_.projection(), settings_.checks, now, facts->reserved);
  validation::judge_promises(checked, promises, settings_.checks, now);
  Validation out;
  out.decision = validation::decide(checked.findings, checked.checks, checked.order.accept_changes);
  out.as_of = now;
  out.correlation_id = std::move(correlation_id);
  out.promises = validation::to_promises(checked, promises);
  out.findings = std::move(checked.findings);
  out.checks = std::move(checked.checks);
  co_return Result<Validation>(std::move(out));
}

Task<std::shared_ptr<ledger::Capture>> Hub::prepare(OrderRequest order, Deadline deadline) {
  auto capture = std::make_shared<ledger::Capture>();
  capture->id = new_id();
  capture->content = fingerprint(order);
  auto asking = ask_others(order, deadline);
  validation::Answers answers = co_await std::move(asking);
  capture->rules = &settings_.checks;
  auto checking = check(order, answers, deadline);
  capture->checked = co_await std::move(checking);
  auto now = memory_.now();
  std::optional<validation::CreditFacts> stored;
  std::optional<Instant> stored_as_of;
  if (auto customer = memory_.catalog().customer(order.customer); customer && customer->credit) {
    stored = validation::CreditFacts{customer->credit->limit, customer->credit->exposure, customer->credit->hold, {}};
    if (customer->source) stored_as_of = customer->source->as_of;
  }
  capture->credit = validation::credit_basis(answers.credit, stored, stored_as_of, settings_.checks, now);
  capture->head = ledger::head_of(capture->checked.order);
  for (const auto& line : capture->checked.order.lines) capture->bodies.push_back(to_json(line));
  co_return capture;
}

Health Hub::health() const {
  Health out;
  out.loaded = loaded_;
  if (!out.loaded) return out;
  auto age = memory_.now() - memory_.projection().as_of();
  // The follower asks the database four times a second: its silence is what tells that the database is away.
  if (age > 1'500'000) out.degraded.push_back("postgres is away: the projection is " + std::to_string(age / 1'000) + " ms old");
  if (!publisher_->kafka_up() || !intake_->kafka_up()) out.degraded.emplace_back("kafka is away");
  if (intake_->gaps()) out.degraded.push_back(std::to_string(intake_->gaps()) + " feed partitions have a data gap");
  if (auto off = shared_.clock->off())
    out.degraded.push_back("the database's clock jumped by " + std::to_string(off) +
                           " s: no hold ends until it is back, or has stayed there for 10 minutes");
  if (auto unsafe = sweeper_->unsafe(); !unsafe.empty()) out.degraded.push_back("the database is not durable: " + unsafe);
  return out;
}

void Hub::watch() {
  auto& all = metrics::registry();
  auto add = [&](const char* name, const char* help, std::function<double()> read) {
    watches_.push_back(all.watch(name, help, {}, std::move(read)));
  };
  add("crossdock_positions", "Stock positions in memory.", [this] { return static_cast<double>(memory_.projection().size()); });
  add("crossdock_projection_age_seconds", "Age of the in-memory projection.",
      [this] { return static_cast<double>(memory_.now() - memory_.projection().as_of()) / 1e6; });
  add("crossdock_oldest_transaction_seconds", "Age of the longest transaction open in the database server.",
      [this] { return static_cast<double>(sweeper_->oldest_transaction()); });
  add("crossdock_audit_places", "Links of the audit's chain, as this instance last saw it.",
      [this] { return static_cast<double>(sealer_->places()); });
  add("crossdock_audit_heads_lost_total", "Heads of the audit's chain that could not be written to their file.",
      [this] { return static_cast<double>(sealer_->lost_heads()); });
  add("crossdock_database_clock_jump_seconds", "By how much the database's clock has jumped; 0 while it is believed.",
      [this] { return static_cast<double>(shared_.clock->off()); });
  add("crossdock_events_published_total", "Events that Kafka has acknowledged.",
      [this] { return static_cast<double>(publisher_->published()); });
  add("crossdock_outbox_batch", "Events in the batch that is being published.",
      [this] { return static_cast<double>(publisher_->waiting()); });
  add("crossdock_intake_partitions", "Partitions that this instance reads.", [this] { return static_cast<double>(intake_->partitions()); });
  for (auto [name, read] : {std::pair<const char*, std::int64_t store::Tally::*>{"applied", &store::Tally::applied},
                            {"superseded", &store::Tally::superseded},
                            {"duplicate", &store::Tally::duplicate},
                            {"waiting", &store::Tally::waiting},
                            {"dead", &store::Tally::dead}})
    watches_.push_back(all.watch("crossdock_intake_records_total", "Records read from feeds, by outcome.", {{"outcome", name}},
                                 [this, read] { return static_cast<double>(intake_->totals().*read); }));
  for (auto [name, each] : {std::pair<const char*, Writers*>{"orders", orders_.get()},
                            {"reservations", reservations_.get()},
                            {"documents", documents_.get()}}) {
    watches_.push_back(all.watch("crossdock_writer_requests_total", "Requests decided.", {{"writer", name}},
                                 [each] { return static_cast<double>(each->figures().requests); }));
    watches_.push_back(all.watch("crossdock_writer_batches_total", "Transactions of the writers.", {{"writer", name}},
                                 [each] { return static_cast<double>(each->figures().batches); }));
    watches_.push_back(all.watch("crossdock_writer_waiting", "Requests that wait for a decision.", {{"writer", name}},
                                 [each] { return static_cast<double>(each->figures().waiting); }));
  }
}

}  // namespace crossdock::hub
