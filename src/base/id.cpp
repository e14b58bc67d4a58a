#include "crossdock/base/id.hpp"

#include <chrono>
#include <random>

namespace crossdock {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";
constexpr std::uint64_t low_mask = (1ULL << 62) - 1, high_mask = (1ULL << 12) - 1;

/// One thread's source of ids. Within a millisecond (and when the clock steps back) the random part grows by a random stride, so that ids
/// grow strictly and the next one still cannot be guessed from the last.
class IdSource {
 public:
  IdSource() {
    std::random_device os;
    std::seed_seq seed{os(), os(), os(), os(), os(), os(), os(), os()};
    random_.seed(seed);
  }

  std::string next(std::uint64_t now_ms) {
    if (now_ms > ms_) {
      ms_ = now_ms;
      high_ = random_() & high_mask;
      low_ = random_() & low_mask;
    } else {
      grow();
    }
    return text();
  }

 private:
  void grow() {
    low_ += (random_() >> 32) + 1;
    if (low_ <= low_mask) return;
    low_ &= low_mask;
    if (++high_ <= high_mask) return;
    high_ = 0;
    ++ms_;
  }

  std::string text() const {
    const std::uint64_t first = ms_ << 16 | 0x7000 | high_, second = 1ULL << 63 | low_;
    std::string out(36, '-');
    std::size_t at = 0;
    for (int i = 0; i < 32; ++i) {
      if (i == 8 || i == 12 || i == 16 || i == 20) ++at;
      const std::uint64_t half = i < 16 ? first : second;
      out[at++] = hex_digits[half >> (60 - i % 16 * 4) & 15];
    }
    return out;
  }

  std::mt19937_64 random_;
  std::uint64_t ms_ = 0, high_ = 0, low_ = 0;
};

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

std::string new_id() {
  thread_local IdSource source;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return source.next(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()));
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

std::string hex(const Sha256& digest) {
  std::string out(digest.size() * 2, '0');
  char* at = out.data();
  for (unsigned char byte : digest) {
    *at++ = hex_digits[byte >> 4];
    *at++ = hex_digits[byte & 15];
  }
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

}  // namespace crossdock
