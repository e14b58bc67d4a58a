// Documents: whatever is read without a mistake is written as something that is read as the same; whatever is not says where and why.
#include <map>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "model/shapes_by_name.hpp"

namespace {

using crossdock::require;
using crossdock::test::Read;

const std::vector<crossdock::test::ReadFunction>& functions() {
  static const std::vector<crossdock::test::ReadFunction> all = [] {
    std::vector<crossdock::test::ReadFunction> list;
    for (const auto& [name, function] : crossdock::test::readers()) list.push_back(function);
    return list;
  }();
  return all;
}

void check(crossdock::test::ReadFunction read_document, const std::string& text) {
  const Read read = read_document(text);
  for (const crossdock::Mistake& mistake : read.mistakes) {
    require(mistake.pointer.empty() || mistake.pointer.front() == '/', "a pointer is a JSON Pointer");
    require(!mistake.code.empty() && !mistake.detail.empty(), "a mistake says what it is");
  }
  require(read.mistakes.size() <= crossdock::most_mistakes, "mistakes are bounded");
  if (read.json.empty()) {
    require(!read.mistakes.empty() || read.malformed, "what is not taken has a reason");
    return;
  }
  const Read again = read_document(read.json);
  require(again.mistakes.empty() && !again.malformed, "what is written can be read");
  require(again.json == read.json, "and is the same");
  require(read_document(again.canonical).mistakes.empty(), "so can the canonical text");
}

}  // namespace

// The first byte chooses the document, in the order of their names from 'A'; a body that begins with a brace goes to all of them.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.front() == '{') {
    for (const auto function : functions()) check(function, text);
  } else {
    check(functions()[(static_cast<unsigned char>(text.front()) - 'A') % functions().size()], text.substr(1));
  }
  return 0;
}
