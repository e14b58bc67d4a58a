// The shop as a process: buyers on one loop, each with one order at a time, at a common rate.
#include <atomic>
#include <cstdio>
#include <thread>

#include "crossdock/base/id.hpp"
#include "http/client.hpp"
#include "observe/log.hpp"
#include "runtime/loops.hpp"
#include "runtime/task_group.hpp"
#include "runtime/within.hpp"
#include "sim/catalogue.hpp"
#include "sim/door.hpp"
#include "sim/programs.hpp"
#include "sim/shop_books.hpp"
#include "sim/signals.hpp"

namespace crossdock::sim {

namespace {

using std::chrono::milliseconds;

http::ClientSettings as_shop() {
  http::ClientSettings settings;
  settings.user_agent = "crossdock-sim shop";
  settings.connections_per_host = 256;
  return settings;
}

/// All of it on its loop.
class Shop {
 public:
  Shop(const ShopOptions& options, const Catalogue& catalogue, asio::io_context& loop)
      : options_(options), catalogue_(catalogue), client_(loop, as_shop()), buyers_(loop.get_executor()) {
    count_ = catalogue.orders.size();
    if (options.orders > 0) count_ = std::min(count_, static_cast<std::size_t>(options.orders));
  }

  void start() {
    if (started_) return;
    started_ = true;
    begun_ = Clock::now();
    for (int i = 0; i < options_.buyers; ++i) buyers_.spawn("buyer", [this] { return buy(); });
  }
  void stop() {
    stopping_ = true;
    buyers_.stop();
  }
  bool gone() const { return buyers_.size() == 0; }
  std::string books() const { return books_.books(); }
  std::string progress() const { return books_.progress(count_); }

 private:
  Task<void> buy();
  Task<void> deal(std::size_t place);
  Task<Reply> ask(const Deal* deal, const std::string* body, int attempt);

  const ShopOptions& options_;
  const Catalogue& catalogue_;
  http::Client client_;
  runtime::TaskGroup buyers_;
  ShopBooks books_;
  Clock::time_point begun_;
  std::size_t count_ = 0, next_ = 0;
  bool started_ = false, stopping_ = false;
};

Task<void> Shop::buy() {
  while (next_ < count_ && !stopping_) {
    const auto place = next_++;
    const auto due =
        begun_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(static_cast<double>(place) / options_.rate));
    auto waiting = runtime::pause(std::max(due - Clock::now(), Clock::duration::zero()));
    co_await std::move(waiting);
    auto dealing = deal(place);
    co_await std::move(dealing);
  }
}

Task<void> Shop::deal(std::size_t place) {
  const auto& order = catalogue_.orders[place];
  const auto number = order_number(order);
  const auto body = order_body(catalogue_, order);
  auto& deal = books_.open(number, new_id(), Instant::now());
  bool lose = options_.lose_every > 0 && place % static_cast<std::size_t>(options_.lose_every) == 3;
  milliseconds wait(50);
  for (int attempt = 0; !stopping_; ++attempt) {
    auto asking = ask(&deal, &body, attempt);
    const Reply reply = co_await std::move(asking);
    if (lose && meaning_of(reply) != Meaning::again) {
      lose = false;
      books_.lose(deal, reply);
      log::info("shop.lost", {{"order_number", number}, {"status", reply.status}});
      continue;
    }
    if (books_.hear(deal, reply, Instant::now())) {
      log::info("shop.done", {{"order_number", number}, {"status", reply.status}, {"attempts", deal.attempts}});
      co_return;
    }
    log::info("shop.again", {{"order_number", number}, {"status", reply.status}});
    auto pausing = runtime::pause(wait);
    co_await std::move(pausing);
    wait = std::min(wait * 2, milliseconds(1'000));
  }
}

Task<Reply> Shop::ask(const Deal* deal, const std::string* body, int attempt) {
  const auto& hub = options_.hubs[(lot_of(deal->number) + static_cast<std::size_t>(attempt)) % options_.hubs.size()];
  http::ClientRequest request("POST", hub + "/v1/orders");
  request.with("Content-Type", "application/json").with("Accept", "application/json").with("Idempotency-Key", deal->key);
  if (!options_.key.empty()) request.with("X-Api-Key", options_.key);
  request.body = *body;
  auto calling = client_.call(std::move(request), Deadline::in(milliseconds(options_.timeout_ms)));
  Result<http::ClientResponse> response = co_await std::move(calling);
  Reply reply;
  if (!response) {
    log::info("shop.no_reply",
              {{"order_number", deal->number}, {"code", response.fault().code()}, {"message", response.fault().message()}});
    co_return reply;
  }
  reply.status = response->status;
  reply.replayed = response->header("idempotency-replayed") == "true";
  reply.retry_after = response->header("retry-after");
  reply.body = std::move(response->body);
  co_return reply;
}

http::Router make_router(Shop* shop) {
  http::Router router;
  router.add_fast(http::Method::get, "/sim/books", [shop](http::Request&) { return http::Response(200, shop->books()); });
  router.add_fast(http::Method::get, "/sim/progress", [shop](http::Request&) { return http::Response(200, shop->progress()); });
  router.add_fast(http::Method::post, "/sim/start", [shop](http::Request&) {
    shop->start();
    return http::Response(200, "{}");
  });
  return router;
}

}  // namespace

int run_shop(const ShopOptions& options) {
  Signals signals;
  start_log("shop");
  const auto retail = read_retail_file(options.data);
  if (!retail) return fail(retail.fault());
  const auto admin = Address::parse(options.admin);
  if (!admin) return fail(admin.fault());
  const auto catalogue = make_catalogue(*retail);
  runtime::Loops loops(1);
  Shop shop(options, catalogue, loops.loop(0));
  Door door(loops, *admin, [&shop] { return make_router(&shop); });
  loops.start();
  if (auto opened = door.open(); !opened) return fail(opened.fault());
  std::printf("shop ready admin=%s\n", door.address().url().c_str());
  std::fflush(stdout);
  signals.wait();
  door.close();
  std::atomic<bool> gone = false;
  loops.mailbox(0).push([&shop] { shop.stop(); });
  for (int i = 0; i < 200 && !gone; ++i) {
    loops.mailbox(0).push([&shop, &gone] { gone = shop.gone(); });
    std::this_thread::sleep_for(milliseconds(10));
  }
  loops.stop();
  loops.join();
  log::stop();
  return 0;
}

}  // namespace crossdock::sim
