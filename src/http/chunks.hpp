// The strict reader of chunked bodies. Pure: bytes in, data out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/guard.hpp"

namespace crossdock::http {

/// Takes a chunked body as it arrives. Extensions are checked and dropped; trailers are checked, those that would change framing, routing
/// or authorisation are refused, the rest dropped: nothing after the head ever becomes a header.
class ChunkReader {
 public:
  enum class State : std::uint8_t { more, done, refused };

  explicit ChunkReader(std::size_t body_limit = 0) : limit_(body_limit) {}
  /// Appends data to `body`, sets `used` to how much of `bytes` belongs to this body.
  State feed(std::string_view bytes, std::string& body, std::size_t& used);
  const Refusal& refusal() const { return refusal_; }

 private:
  enum class Part : std::uint8_t { size, data, data_end, trailer };
  State refuse(int status, std::string_view code, std::string_view detail);
  State refuse(std::string_view detail) { return refuse(400, "invalid_request", detail); }
  bool take_line(std::string_view& bytes, std::string_view& line, State& state);
  State size_line(std::string_view line);
  State trailer_line(std::string_view line);
  State data(std::string_view& bytes, std::string& body);

  std::size_t limit_;
  Refusal refusal_;
  Part part_ = Part::size;
  std::uint64_t left_ = 0;      // of the current chunk
  std::uint64_t taken_ = 0;     // data so far
  std::uint64_t overhead_ = 0;  // bytes that were no data, over the whole message
  std::size_t trailers_ = 0;
  std::string held_;  // of a line that came in pieces
};

}  // namespace crossdock::http
