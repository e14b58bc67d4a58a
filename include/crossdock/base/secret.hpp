// A text that must not be shown: it cannot be printed, logged or compared by accident.
#pragma once
#include <string>
#include <utility>

namespace crossdock {

/// Holds a password, key or token. The only way to its text is reveal(), which is easy to find in a review.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace crossdock
