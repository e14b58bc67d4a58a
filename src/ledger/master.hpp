// Master data: whole documents, never overwritten by older ones; what they say of stock (safety stock, supply) goes to the positions.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "crossdock/model/common.hpp"
#include "ledger/world.hpp"

namespace crossdock::ledger {

enum class PutOutcome : std::uint8_t { created, updated, unchanged, older, invalid };
std::string_view to_text(PutOutcome outcome);

/// What a document makes of one position: `safety_stock` set, or supply on a day (both may be empty).
struct StockShare {
  PositionKey key;
  std::optional<Decimal> safety_stock;
  promise::Schedule supply;
};

/// PUT or import of one document of a kind.
class PutMaster final : public Request {
 public:
  MasterId id;
  std::string body;                                          ///< the document as its codec writes it
  Source source;                                             ///< whose word it is
  std::vector<std::pair<MasterId, std::string>> references;  ///< what must exist, and the pointer that names it
  std::vector<StockShare> shares;                            ///< of the new document
  std::optional<std::string> if_match;                       ///< "\"3\"" or "*"

  PutOutcome outcome = PutOutcome::invalid;
  Mistakes errors;
  std::int64_t version = 0;  ///< after it

  void ask(const World& world, Needs& needs) const override;
  void decide(World& world) override;

 private:
  bool refused(World& world, const MasterRow* stored);
  void share(World& world, const std::string& before);
};

/// What a stored item or supply has given to positions. Kinds without a share give nothing.
std::vector<StockShare> shares_of(const std::string& kind, const std::string& body);

}  // namespace crossdock::ledger
