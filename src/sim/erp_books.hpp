// The ERP's own books: what it knows of customers and shipping methods, and what it was asked and said. Pure; one thread.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/base/time.hpp"
#include "sim/catalogue.hpp"

namespace crossdock::sim {

/// An answer as HTTP has it.
struct ErpAnswer {
  int status = 200;
  std::string body;
};

class ErpBooks {
 public:
  explicit ErpBooks(const Catalogue& catalogue);

  /// `customer` as the hub knows it ("C-17850"). Writes down what was said.
  ErpAnswer credit(std::string_view customer, Instant now);
  ErpAnswer method(std::string_view code, std::optional<std::string_view> country, std::optional<std::string_view> weight_kg);
  /// A question that a fault swallowed.
  void missed(std::string_view fault);

  std::string books() const;

 private:
  struct Account {
    Customer customer;
    std::size_t asked = 0;
    std::optional<Instant> last;
  };
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, Method, std::less<>> methods_;
  std::map<std::string, std::size_t, std::less<>> counts_;  ///< credit, shipping_method, refused, and one a fault
};

}  // namespace crossdock::sim
