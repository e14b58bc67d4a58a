#include "model/reader.hpp"

#include "crossdock/model/codec.hpp"

namespace crossdock {

std::string Reader::pointer_of(const Path& path) const {
  if (path.up == nullptr) return std::string(pointer_);
  return pointer_to(pointer_of(*path.up), path.element ? std::to_string(path.index) : std::string(path.name));
}

bool Reader::open() const { return mistakes_.size() < most_mistakes && bytes_ < most_pointer_bytes; }

void Reader::mistake(const Path& path, std::string_view code, std::string detail, std::string suggestion) {
  ++count_;
  if (!open()) return;
  mistakes_.push_back({pointer_of(path), std::string(code), std::move(detail), std::move(suggestion)});
  bytes_ += mistakes_.back().pointer.size();
}

}  // namespace crossdock
