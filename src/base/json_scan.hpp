// The innermost loops of the reader.
#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>

namespace crossdock::json {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Ends a run of string characters that stand for themselves: the quote, the backslash, control characters.
inline bool ends_run(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// The first character from `p` on that ends a run; at the latest the NUL at `end`.
inline const char* run_end(const char* p, [[maybe_unused]] const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), last_control = _mm_set1_epi8(0x1F);
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)), control);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (mask != 0) return p + std::countr_zero(mask);
  }
#endif
  while (!ends_run(*p)) ++p;
  return p;
}

}  // namespace crossdock::json
