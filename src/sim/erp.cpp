// The ERP as a process: credit and shipping methods over HTTP, faults by its admin door.
#include <cstdio>
#include <deque>
#include <mutex>

#include "observe/log.hpp"
#include "runtime/loops.hpp"
#include "runtime/within.hpp"
#include "sim/door.hpp"
#include "sim/erp_books.hpp"
#include "sim/programs.hpp"
#include "sim/signals.hpp"

namespace crossdock::sim {

namespace {

using std::chrono::milliseconds;

/// What is wrong with the ERP, until when. Only its one loop and (by the mailbox) its main thread touch it.
struct Mishap {
  std::string kind;  ///< hang, slow, error500; empty: none
  Clock::time_point until;
  milliseconds by{0};  ///< of slow
  bool now(std::string_view what) const { return kind == what && Clock::now() < until; }
};

/// "Down" closes the door, which only a thread that is no loop's may do: orders from the loop to the main thread.
class Orders {
 public:
  void put(milliseconds down_for) {
    std::lock_guard hold(lock_);
    waiting_.push_back(down_for);
  }
  std::optional<milliseconds> take() {
    std::lock_guard hold(lock_);
    if (waiting_.empty()) return {};
    const auto first = waiting_.front();
    waiting_.pop_front();
    return first;
  }

 private:
  std::mutex lock_;
  std::deque<milliseconds> waiting_;
};

struct Erp {
  explicit Erp(const Catalogue& catalogue) : books(catalogue) {}
  ErpBooks books;
  Mishap mishap;
  Orders orders;
};

Task<http::Response> answer(Erp* erp, std::function<ErpAnswer()> say) {
  if (erp->mishap.now("error500")) {
    erp->books.missed("error500");
    co_return refuse(500, "the ERP has trouble");
  }
  if (erp->mishap.now("slow")) {
    erp->books.missed("slow");
    auto waiting = runtime::pause(erp->mishap.by);
    co_await std::move(waiting);
  }
  if (erp->mishap.now("hang")) {
    erp->books.missed("hang");
    auto waiting = runtime::pause(erp->mishap.until - Clock::now());
    co_await std::move(waiting);
    co_return refuse(503, "the ERP was asleep");
  }
  const auto said = say();
  co_return http::Response(said.status, said.body);
}

http::Router make_router(Erp* erp) {
  http::Router router;
  router.add(http::Method::get, "/credit/{customer}", [erp](http::Request& request) {
    return answer(erp, [erp, customer = std::string(request.param("customer"))] { return erp->books.credit(customer, Instant::now()); });
  });
  router.add(http::Method::get, "/shipping-methods/{code}", [erp](http::Request& request) {
    return answer(
        erp, [erp, &request] { return erp->books.method(request.param("code"), request.query("country"), request.query("weight_kg")); });
  });
  return router;
}

http::Response set_fault(Erp* erp, const http::Request& request) {
  json::Document body;
  if (body.parse(request.body)) return refuse(400, "that is no JSON");
  const auto kind = text_of(body.root(), "kind");
  const milliseconds span(number_of(body.root(), "for_ms", 5'000));
  if (kind == "down") {
    erp->orders.put(span);
  } else if (kind == "hang" || kind == "slow" || kind == "error500") {
    erp->mishap = {kind, Clock::now() + span, milliseconds(number_of(body.root(), "by_ms", 500))};
  } else if (kind == "none") {
    erp->mishap = {};
  } else {
    return refuse(400, "kind is hang, down, error500, slow or none");
  }
  log::info("erp.fault", {{"kind", kind}, {"for_ms", span.count()}});
  return {200, "{}"};
}

http::Router make_admin(Erp* erp) {
  http::Router router;
  router.add_fast(http::Method::get, "/sim/books", [erp](http::Request&) { return http::Response(200, erp->books.books()); });
  router.add_fast(http::Method::post, "/sim/faults", [erp](http::Request& request) { return set_fault(erp, request); });
  return router;
}

void serve(Erp& erp, Door& door, Signals& signals) {
  std::optional<Clock::time_point> up_at;
  while (!signals.wait(milliseconds(20))) {
    if (const auto span = erp.orders.take()) {
      door.close();
      up_at = Clock::now() + *span;
    }
    if (!up_at || Clock::now() < *up_at) continue;
    if (door.open()) up_at.reset();
  }
}

}  // namespace

int run_erp(const ErpOptions& options) {
  Signals signals;
  start_log("erp");
  const auto retail = read_retail_file(options.data);
  const auto listen = Address::parse(options.listen);
  const auto admin = Address::parse(options.admin);
  if (!retail || !listen || !admin) return std::fprintf(stderr, "error: --data, --listen or --admin cannot be used\n"), 1;
  Erp erp(make_catalogue(*retail));
  runtime::Loops loops(1);
  Door door(loops, *listen, [&erp] { return make_router(&erp); });
  Door back(loops, *admin, [&erp] { return make_admin(&erp); });
  loops.start();
  const auto opened = door.open();
  const auto back_opened = back.open();
  if (!opened || !back_opened) return std::fprintf(stderr, "error: the ERP cannot listen\n"), 1;
  std::printf("erp ready url=%s admin=%s\n", door.address().url().c_str(), back.address().url().c_str());
  std::fflush(stdout);
  serve(erp, door, signals);
  door.close();
  back.close();
  loops.stop();
  loops.join();
  log::stop();
  return 0;
}

}  // namespace crossdock::sim
