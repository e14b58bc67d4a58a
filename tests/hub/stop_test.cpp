// A whole hub: it starts, decides, and stops within its budget whatever is away.
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <atomic>

#include "base.hpp"

namespace crossdock::hub {
namespace {

/// Between hub and database: passes bytes on, until it is told to swallow them (a server that hangs) or to end (one that has died).
class Wire {
 public:
  explicit Wire(int port) : target_(port), acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}) {
    thread_ = std::thread([this] { run(); });
  }
  ~Wire() {
    die();
    for (auto& each : pumps_) each.join();
  }
  int port() const { return acceptor_.local_endpoint().port(); }
  void hang() { hanging_ = true; }
  void die() {
    if (dead_.exchange(true)) return;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    thread_.join();
    acceptor_.close();
    std::lock_guard hold(lock_);
    for (auto& socket : sockets_) ::shutdown(socket->native_handle(), SHUT_RDWR);
  }

 private:
  using Socket = asio::ip::tcp::socket;
  void run() {
    for (;;) {
      boost::system::error_code error;
      auto here = std::make_shared<Socket>(context_), there = std::make_shared<Socket>(context_);
      acceptor_.accept(*here, error);
      if (error || dead_) return;
      there->connect({asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(target_)}, error);
      if (error) continue;
      std::lock_guard hold(lock_);
      sockets_.insert(sockets_.end(), {here, there});
      pumps_.emplace_back([this, here, there] { pump(*here, *there); });
      pumps_.emplace_back([this, here, there] { pump(*there, *here); });
    }
  }
  void pump(Socket& from, Socket& to) {
    char buffer[16384];
    boost::system::error_code error;
    for (;;) {
      auto n = from.read_some(asio::buffer(buffer), error);
      if (error) break;
      if (!hanging_) asio::write(to, asio::buffer(buffer, n), error);
      if (error) break;
    }
    ::shutdown(from.native_handle(), SHUT_RDWR);
    ::shutdown(to.native_handle(), SHUT_RDWR);
  }

  int target_;
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  std::atomic<bool> hanging_{false}, dead_{false};
  std::mutex lock_;
  std::vector<std::shared_ptr<Socket>> sockets_;
  std::vector<std::thread> pumps_;
  std::thread thread_;
};

/// What a busy machine needs to join threads when the budget is over.
constexpr auto slack = 3s;

class HubStopTest : public WithServices {
 protected:
  void SetUp() override {
    WithServices::SetUp();
    if (IsSkipped()) return;
    topic("feed", 2);
    FeedSettings feed;
    feed.system = "wms";
    feed.name = "inventory";
    feed.topic = "feed";
    settings.feeds = {feed};
    settings.lease = 4s;
    settings.database.connect_timeout = 2s;
    auto parsed = settings.database.connection;
    auto at = parsed.find("127.0.0.1:");
    if (at == std::string::npos) GTEST_SKIP() << "not injectable: PostgreSQL is not on 127.0.0.1";
    at += std::string("127.0.0.1:").size();
    auto digits = parsed.find_first_not_of("0123456789", at);
    wire = std::make_unique<Wire>(std::stoi(parsed.substr(at, digits - at)));
    settings.database.connection = parsed.substr(0, at) + std::to_string(wire->port()) + parsed.substr(digits);
    loops = std::make_unique<runtime::Loops>(1);
    hub = std::make_unique<Hub>(settings, *loops);
    loops->start();
    auto started = hub->start();
    ASSERT_TRUE(started) << started.fault().message();
  }
  void TearDown() override {
    if (loops) loops->stop();
    if (loops) loops->join();
    hub.reset();
    wire.reset();
    WithServices::TearDown();
  }
  /// How long a stop takes, and which parts it waited for.
  Clock::duration stop(Clock::duration budget) {
    auto begin = Clock::now();
    hub->stop(Deadline::in(budget), [&](const char* part) { parts.emplace_back(part); });
    return Clock::now() - begin;
  }

  std::vector<std::string> parts;
  std::unique_ptr<Wire> wire;
  std::unique_ptr<runtime::Loops> loops;
  std::unique_ptr<Hub> hub;
};

TEST_F(HubStopTest, WithAllThereItIsQuick) {
  ASSERT_TRUE(soon([&] { return ask("select count(*) from feed_cursor where owner <> ''") == "2"; }));
  EXPECT_LT(stop(20s), 10s);
  EXPECT_THAT(parts, testing::ElementsAre("listener", "intake", "writer orders", "writer reservations", "writer documents", "sweeper",
                                          "sealer", "publisher", "reader", "follower", "notifier"));
  EXPECT_EQ(ask("select count(*) from lease where owner <> ''"), "0");
}

TEST_F(HubStopTest, WithADatabaseThatHasDied) {
  wire->die();
  std::this_thread::sleep_for(500ms);
  EXPECT_LT(stop(8s), 8s + slack);
}

TEST_F(HubStopTest, WithADatabaseThatHangs) {
  wire->hang();
  std::this_thread::sleep_for(1s);
  auto took = stop(3s);
  EXPECT_LT(took, 3s + slack);
  EXPECT_GT(took, 500ms) << "a database that answered would not be a test";
}

TEST_F(HubStopTest, WithDatabaseAndKafkaGone) {
  ASSERT_TRUE(soon([&] { return ask("select count(*) from feed_cursor where owner <> ''") == "2"; }));
  auto left = kafka::left_behind();
  ASSERT_TRUE(broker_->set_down(1, true));
  wire->die();
  std::this_thread::sleep_for(4500ms);  // the session of the group ends in the meantime
  EXPECT_LT(stop(8s), 8s + slack);
  EXPECT_EQ(kafka::left_behind(), left);
}

}  // namespace
}  // namespace crossdock::hub
