// The check's answer as bytes. Its own appenders, since this is the one text written a hundred thousand times a second.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"
#include "promise/check_scratch.hpp"

namespace crossdock::promise {

/// Appends to a block that grows in big steps and is kept between answers: each call checks the room once.
class Text {
 public:
  explicit Text(std::vector<char>& block) : block_(block) {
    if (block_.size() < 4096) block_.resize(4096);
    at_ = block_.data();
  }

  /// Room for so many bytes more; what follows may write that much without asking.
  void room(std::size_t bytes) {
    const auto used = static_cast<std::size_t>(at_ - block_.data());
    if (block_.size() - used >= bytes) return;
    block_.resize((used + bytes) * 2);
    at_ = block_.data() + used;
  }

  void raw(std::string_view text) {
    text.copy(at_, text.size());
    at_ += text.size();
  }
  void decimal(Decimal value);  ///< at most 48 bytes
  void integer(std::int64_t value);
  void date(Date value);  ///< 10 bytes
  void instant(std::int64_t micros);
  void quoted(std::string_view text);  ///< asks for its own room

  std::string_view view() const { return {block_.data(), static_cast<std::size_t>(at_ - block_.data())}; }

 private:
  void digits(std::uint64_t value, int count);

  std::vector<char>& block_;
  char* at_;
  std::int32_t day_ = INT32_MIN;  ///< whose text is in day_text_
  char day_text_[10] = {};
};

void write_line(Text& text, const Scratch& scratch, const AskedLine& asked);

}  // namespace crossdock::promise
