#include "http/chunks.hpp"

#include <algorithm>

#include "base/hex.hpp"
#include "http/chars.hpp"

namespace crossdock::http {

namespace {

constexpr std::size_t kSizeDigits = 16;
constexpr std::size_t kLineAtMost = 4'096;
constexpr std::uint64_t kOverheadAtMost = 16 * 1'024;  // beyond one byte for each byte of data
constexpr std::size_t kTrailersAtMost = 20;

/// The length of a quoted string at the front of `text`, 0 if there is none.
std::size_t quoted(std::string_view text) {
  if (text.empty() || text.front() != '"') return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return 0;
}

std::size_t token(std::string_view text) {
  auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return chars::is(chars::kToken, c); });
  return static_cast<std::size_t>(end - text.begin());
}

/// *( ";" token [ "=" ( token / quoted-string ) ] ), without blanks.
bool valid_extensions(std::string_view text) {
  if (!chars::field_value(text)) return false;
  while (!text.empty()) {
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    std::size_t name = token(text);
    if (name == 0) return false;
    text.remove_prefix(name);
    if (text.empty() || text.front() != '=') continue;
    text.remove_prefix(1);
    std::size_t value = std::max(token(text), quoted(text));
    if (value == 0) return false;
    text.remove_prefix(value);
  }
  return true;
}

/// Fields that would change what has been decided already.
bool forbidden_in_trailers(std::string_view name) {
  static constexpr std::string_view kNames[] = {"host",
                                                "content-length",
                                                "transfer-encoding",
                                                "content-type",
                                                "content-encoding",
                                                "authorization",
                                                "x-api-key",
                                                "idempotency-key",
                                                "cookie",
                                                "connection",
                                                "expect",
                                                "te",
                                                "trailer",
                                                "upgrade",
                                                "if-match",
                                                "x-correlation-id",
                                                "x-request-timeout-ms",
                                                "traceparent",
                                                "x-user",
                                                "forwarded",
                                                "proxy-authorization"};
  if (chars::same(name.substr(0, 12), "x-forwarded-")) return true;
  return std::any_of(std::begin(kNames), std::end(kNames), [name](std::string_view n) { return chars::same(n, name); });
}

}  // namespace

ChunkReader::State ChunkReader::refuse(int status, std::string_view code, std::string_view detail) {
  refusal_ = Refusal{status, code, detail};
  return State::refused;
}

ChunkReader::State ChunkReader::feed(std::string_view bytes, std::string& body, std::size_t& used) {
  const std::size_t all = bytes.size();
  State state = State::more;
  while (state == State::more && !bytes.empty()) {
    if (part_ == Part::data) {
      state = data(bytes, body);
      continue;
    }
    std::string_view line;
    if (!take_line(bytes, line, state)) break;
    if (part_ == Part::size) {
      state = size_line(line);
    } else if (part_ == Part::data_end) {
      part_ = Part::size;
      if (!line.empty()) state = refuse("a chunk is longer than its size");
    } else {
      state = trailer_line(line);
    }
    held_.clear();
  }
  used = all - bytes.size();
  return state;
}

bool ChunkReader::take_line(std::string_view& bytes, std::string_view& line, State& state) {
  auto lf = bytes.find('\n');
  std::string_view piece = bytes.substr(0, lf == std::string_view::npos ? bytes.size() : lf + 1);
  overhead_ += piece.size();
  bytes.remove_prefix(piece.size());
  if (!held_.empty() || lf == std::string_view::npos) {
    held_.append(piece);
    piece = held_;
  }
  bool complete = lf != std::string_view::npos;
  std::string_view text = complete ? piece.substr(0, piece.size() - 1) : piece;
  auto cr = text.find('\r');
  if (part_ == Part::data_end && !text.empty() && text != "\r") {
    state = refuse("a chunk is longer than its size");
  } else if (overhead_ > kOverheadAtMost + taken_ || text.size() > kLineAtMost) {
    state = refuse("too many bytes of chunk framing");
  } else if (complete && (cr == std::string_view::npos || cr + 1 != text.size())) {
    state = refuse("a line of chunk framing does not end with CRLF");
  } else if (!complete && cr != std::string_view::npos && cr + 1 != text.size()) {
    state = refuse("a CR without LF in chunk framing");
  }
  if (state == State::refused || !complete) return false;
  line = text.substr(0, text.size() - 1);
  return true;
}

ChunkReader::State ChunkReader::size_line(std::string_view line) {
  std::size_t digits = 0;
  std::uint64_t size = 0;
  while (digits < line.size() && hex_value(line[digits]) >= 0) {
    if (++digits > kSizeDigits) return refuse("a chunk size of more than 16 digits");
    size = size * 16 + static_cast<std::uint64_t>(hex_value(line[digits - 1]));
  }
  if (digits == 0) return refuse("a chunk size that is not a hexadecimal number");
  if (!valid_extensions(line.substr(digits))) return refuse("a chunk size line with something that is no extension");
  if (size > limit_ || taken_ + size > limit_) return refuse(413, "payload_too_large", "the body is larger than this call takes");
  left_ = size;
  part_ = size == 0 ? Part::trailer : Part::data;
  return State::more;
}

ChunkReader::State ChunkReader::data(std::string_view& bytes, std::string& body) {
  auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  body.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  left_ -= n;
  taken_ += n;
  if (left_ == 0) part_ = Part::data_end;
  return State::more;
}

ChunkReader::State ChunkReader::trailer_line(std::string_view line) {
  if (line.empty()) return State::done;
  if (++trailers_ > kTrailersAtMost) return refuse("more than 20 trailer fields");
  auto colon = line.find(':');
  std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || name.empty() || !chars::all(chars::kToken, name) || name.find('_') != std::string_view::npos)
    return refuse("a trailer line that is no field");
  if (!chars::field_value(line.substr(colon + 1))) return refuse("a control character in a trailer");
  if (forbidden_in_trailers(name)) return refuse("a trailer field that must stand in the head");
  return State::more;
}

}  // namespace crossdock::http
