// The shop's own books: for each order what was asked, how often, and what the hub finally said. Pure; one thread.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "crossdock/base/time.hpp"

namespace crossdock::sim {

/// A reply as the shop reads it.
struct Reply {
  int status = 0;  ///< 0: none came
  std::string body;
  bool replayed = false;
  std::string retry_after;
};

/// What a reply means to the shop.
enum class Meaning {
  taken,    ///< 200, 201: the order stands
  refused,  ///< 4xx: it does not, and repeating will not help
  again,    ///< no reply, 409 request_in_progress, 429, 5xx: the same key once more
};
Meaning meaning_of(const Reply& reply);

struct Deal {
  std::string number;
  std::string key;
  int attempts = 0;
  int no_reply = 0;   ///< of them
  int busy = 0;       ///< of them: 409 request_in_progress, 429, 5xx
  bool lost = false;  ///< one reply was thrown away on purpose
  bool same = true;   ///< and the one after it had the same bytes and said that it was a repeat
  int status = 0;     ///< of the final answer; 0: none yet
  bool replayed = false;
  std::string body;
  Instant first_at, last_at;
};

class ShopBooks {
 public:
  /// Begins a deal; the reference stays valid.
  Deal& open(const std::string& number, const std::string& key, Instant now);
  /// One reply to it. True when the deal is done.
  bool hear(Deal& deal, const Reply& reply, Instant now);
  /// A reply that would have ended the deal is thrown away; the next one is held against it.
  void lose(Deal& deal, const Reply& reply);

  std::string books() const;
  std::string progress(std::size_t all) const;

 private:
  struct Lost {
    int status;
    std::string body;
  };
  std::map<std::string, Deal> deals_;
  std::map<std::string, Lost> lost_;
};

}  // namespace crossdock::sim
