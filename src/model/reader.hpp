// The state of one decode: where we are, and what was wrong.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "crossdock/base/mistakes.hpp"

namespace crossdock {

/// A place in the body, as a chain on the stack: text is made of it only for a mistake.
struct Path {
  const Path* up = nullptr;
  std::string_view name;
  std::size_t index = 0;
  bool element = false;

  Path member(std::string_view member_name) const { return {this, member_name, 0, false}; }
  Path at(std::size_t element_index) const { return {this, {}, element_index, true}; }
};

class Reader {
 public:
  Reader(Mistakes& mistakes, std::string_view pointer) : mistakes_(mistakes), pointer_(pointer) {}

  void mistake(const Path& path, std::string_view code, std::string detail, std::string suggestion = {});
  /// Whether more mistakes may be listed: costly suggestions are not looked for beyond.
  bool open() const;
  bool clean() const { return count_ == 0; }
  /// Grows with each mistake, listed or not.
  std::size_t count() const { return count_; }

 private:
  std::string pointer_of(const Path& path) const;

  Mistakes& mistakes_;
  std::string_view pointer_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;  // of the pointers listed
};

}  // namespace crossdock
