// HeadGuard and ChunkReader: what they say does not depend on how the bytes were cut, and what the guard passes Beast reads the same way.
#include <string>

#include "fuzz/require.hpp"
#include "http/chunks.hpp"
#include "http/head_parser.hpp"

namespace {

using namespace crossdock;
using namespace crossdock::http;

struct HeadSaid {
  HeadGuard::State state = HeadGuard::State::more;
  Head head;
  int status = 0;
};

HeadSaid head_in_steps(std::string_view bytes, std::size_t step) {
  HeadGuard guard;
  HeadSaid said;
  for (std::size_t n = std::min(step, bytes.size());; n = std::min(n + step, bytes.size())) {
    said.state = guard.feed(bytes.substr(0, n));
    if (said.state != HeadGuard::State::more || n == bytes.size()) break;
  }
  said.head = guard.head();
  if (said.state == HeadGuard::State::refused) said.status = guard.refusal().status;
  return said;
}

struct BodySaid {
  ChunkReader::State state = ChunkReader::State::more;
  std::string body;
  std::size_t used = 0;
};

BodySaid body_in_steps(std::string_view bytes, std::size_t step) {
  ChunkReader reader(2'000);
  BodySaid said;
  while (said.state == ChunkReader::State::more && said.used < bytes.size()) {
    std::size_t used = 0;
    said.state = reader.feed(bytes.substr(said.used, step), said.body, used);
    said.used += used;
    require(used > 0 || said.state != ChunkReader::State::more, "the chunk reader makes progress");
  }
  require(said.body.size() <= 2'000, "a body keeps to its limit");
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::size_t step = 1 + data[0] % 16;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  HeadSaid whole = head_in_steps(bytes, bytes.size() + 1), cut = head_in_steps(bytes, step);
  require(whole.state == cut.state, "the guard's verdict does not depend on the cut");
  if (whole.state == HeadGuard::State::passed) {
    require(whole.head.size == cut.head.size && whole.head.framing == cut.head.framing, "nor does what it read");
    Request request;
    require(parse_head(bytes, whole.head, request), "Beast reads what the guard passed, in the same way");
    require(bytes.substr(whole.head.size - 4, 4) == "\r\n\r\n", "a head ends with an empty line");
    require(!request.headers.host.empty() || whole.head.http10, "HTTP/1.1 has a host");
    for (const auto& field : request.fields) require(field.name.find('_') == std::string_view::npos, "no underscore in a name");
  }
  BodySaid body = body_in_steps(bytes, bytes.size() + 1), pieces = body_in_steps(bytes, step);
  require(body.state == pieces.state, "the chunk reader's verdict does not depend on the cut");
  if (body.state == ChunkReader::State::done) require(body.body == pieces.body && body.used == pieces.used, "nor does the body");
  return 0;
}
