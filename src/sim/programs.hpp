// The subcommands of crossdock-sim. Each prints one ready line, serves until SIGTERM, and returns the process's exit code.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "crossdock/base/result.hpp"

namespace crossdock::sim {

/// Says it on standard error; the exit code for it.
inline int fail(const Fault& fault) { return std::fprintf(stderr, "error: %s\n", fault.message().c_str()), 1; }

struct BrokerOptions {
  std::vector<std::string> topics;  ///< NAME:PARTITIONS, made at once
};
int run_broker(const BrokerOptions& options);

struct MasterOptions {
  std::string data;  ///< the CSV
  std::string out;   ///< a folder for the NDJSON files
};
int write_master(const MasterOptions& options);

struct ErpOptions {
  std::string data;
  std::string listen = "127.0.0.1:0";
  std::string admin = "127.0.0.1:0";
};
int run_erp(const ErpOptions& options);

struct WmsOptions {
  std::string data;
  std::string name;
  std::vector<std::string> locations;
  std::string brokers;
  std::string inventory_topic;
  std::string shipments_topic;
  std::string admin = "127.0.0.1:0";
  std::uint64_t seed = 1;
  double twice = 0.1;  ///< share of records that are sent again
  double late = 0.1;   ///< share of records that are overtaken
  int pick_ms = 300;   ///< the longest time between an order and its picking
};
int run_wms(const WmsOptions& options);

struct ShopOptions {
  std::string data;
  std::vector<std::string> hubs;
  std::string key;
  std::string admin = "127.0.0.1:0";
  double rate = 20;     ///< orders a second
  int buyers = 8;       ///< orders at the same time
  int lose_every = 20;  ///< of so many orders one reply is lost on purpose; 0: none
  int timeout_ms = 5'000;
  int orders = 0;  ///< only the first so many; 0: all
};
int run_shop(const ShopOptions& options);

}  // namespace crossdock::sim
