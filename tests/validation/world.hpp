// A case's world: everything that the order checks look at, read from JSON.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crossdock/model/order.hpp"
#include "promise/catalog.hpp"
#include "promise/projection.hpp"
#include "validation/answers.hpp"
#include "validation/atp.hpp"
#include "validation/rules.hpp"

namespace crossdock::validation {

struct World {
  explicit World(const nlohmann::json& in);

  OrderRequest order;
  promise::Catalog catalog;
  promise::Projection projection{catalog.places()};
  Rules rules;
  Answers answers;
  std::vector<ReservedQuantity> reserved;
  Instant now;
};

/// The case's in.json over the common base: lists by name, so that a case says only what differs.
nlohmann::json case_over_base(const std::string& folder);

/// What the checks make of a world, in the words of want.json.
nlohmann::json outcome(const World& world);

}  // namespace crossdock::validation
