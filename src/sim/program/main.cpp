// crossdock-sim: the command line of the simulated neighbours.
#include <CLI/CLI.hpp>

#include "sim/programs.hpp"

namespace {

using namespace crossdock::sim;

void data_of(CLI::App& app, std::string& data) {
  app.add_option("--data", data, "the sales to replay: Online Retail's CSV")->required()->check(CLI::ExistingFile);
}

void admin_of(CLI::App& app, std::string& admin) { app.add_option("--admin", admin, "where books are read and faults are set"); }

void declare_broker(CLI::App& app, BrokerOptions& options) {
  app.add_option("--topic", options.topics, "a topic made at once, NAME:PARTITIONS; others appear with 4 partitions when first used");
}

void declare_master(CLI::App& app, MasterOptions& options) {
  data_of(app, options.data);
  app.add_option("--out", options.out, "folder for the NDJSON files")->required();
}

void declare_erp(CLI::App& app, ErpOptions& options) {
  data_of(app, options.data);
  app.add_option("--listen", options.listen, "where it is asked");
  admin_of(app, options.admin);
}

void declare_wms(CLI::App& app, WmsOptions& options) {
  data_of(app, options.data);
  app.add_option("--name", options.name, "its name, the source of its events")->required();
  app.add_option("--locations", options.locations, "what it runs")->required()->delimiter(',');
  app.add_option("--brokers", options.brokers, "Kafka")->envname("CROSSDOCK_KAFKA_BROKERS")->required();
  app.add_option("--inventory-topic", options.inventory_topic, "where stock events go")->required();
  app.add_option("--shipments-topic", options.shipments_topic, "where shipments go")->required();
  admin_of(app, options.admin);
  app.add_option("--seed", options.seed, "of its dice");
  app.add_option("--twice", options.twice, "share of records that are sent again")->check(CLI::Range(0.0, 1.0));
  app.add_option("--late", options.late, "share of records that later ones overtake")->check(CLI::Range(0.0, 1.0));
  app.add_option("--pick-ms", options.pick_ms, "the longest time between an order and its picking")->check(CLI::Range(1, 60'000));
}

void declare_shop(CLI::App& app, ShopOptions& options) {
  data_of(app, options.data);
  app.add_option("--hub", options.hubs, "the hub's API; several are used in turn")->required();
  app.add_option("--key", options.key, "its API key")->envname("CROSSDOCK_WEBSHOP_KEY");
  admin_of(app, options.admin);
  app.add_option("--rate", options.rate, "orders a second")->check(CLI::Range(0.1, 10'000.0));
  app.add_option("--buyers", options.buyers, "orders at the same time")->check(CLI::Range(1, 1'000));
  app.add_option("--lose-every", options.lose_every, "of so many orders one reply is lost on purpose; 0: none");
  app.add_option("--timeout-ms", options.timeout_ms, "how long it waits for a reply")->check(CLI::Range(1, 600'000));
  app.add_option("--orders", options.orders, "only the first so many; 0: all");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The neighbours of a hub, simulated: each is a process with its own books, faults on demand, and one ready line.",
               "crossdock-sim");
  app.require_subcommand(1);
  int code = 0;
  BrokerOptions broker;
  MasterOptions master;
  ErpOptions erp;
  WmsOptions wms;
  ShopOptions shop;
  const auto add = [&](const char* name, const char* what, auto declare, auto& options, auto run) {
    auto* sub = app.add_subcommand(name, what);
    declare(*sub, options);
    sub->callback([&code, &options, run] { code = run(options); });
  };
  add("broker", "an in-process Kafka broker, forgotten at its end", declare_broker, broker, run_broker);
  add("master", "writes master data for the import calls", declare_master, master, write_master);
  add("erp", "answers credit and shipping methods over HTTP", declare_erp, erp, run_erp);
  add("wms", "a warehouse: stock and shipments over Kafka, picks what the hub releases", declare_wms, wms, run_wms);
  add("shop", "orders over REST, again with the same key when no answer comes", declare_shop, shop, run_shop);
  CLI11_PARSE(app, argc, argv);
  return code;
}
