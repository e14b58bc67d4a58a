#include "promise/words.hpp"

#include <functional>
#include <unordered_set>

namespace crossdock::promise {

namespace {

/// Grows only; never destroyed, since words in other statics may outlive any order of destruction.
struct Table {
  std::shared_mutex lock;
  std::unordered_set<std::string, TextHash, std::equal_to<>> words;
};

Table& table() {
  static Table* const the_table = new Table;
  return *the_table;
}

}  // namespace

Word Word::of(std::string_view text) {
  Word word;
  if (text.empty()) return word;
  auto& all = table();
  {
    std::shared_lock reading(all.lock);
    const auto found = all.words.find(text);
    if (found != all.words.end()) {
      word.text_ = &*found;
      return word;
    }
  }
  std::unique_lock writing(all.lock);
  word.text_ = &*all.words.emplace(text).first;
  return word;
}

Numbering::Number Numbering::number_of(std::string_view name) {
  if (const auto known = find(name)) return *known;
  std::unique_lock writing(lock_);
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  const auto number = static_cast<Number>(names_.size());
  names_.emplace_back(name);
  numbers_.emplace(names_.back(), number);
  return number;
}

std::optional<Numbering::Number> Numbering::find(std::string_view name) const {
  std::shared_lock reading(lock_);
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

std::string_view Numbering::name(Number number) const {
  std::shared_lock reading(lock_);
  return names_[number];
}

std::size_t Numbering::size() const {
  std::shared_lock reading(lock_);
  return names_.size();
}

std::uint64_t hash_of(std::string_view text) {
  // The standard hash does not promise good high bits; one multiply and shift spreads them (SplitMix64's finisher).
  std::uint64_t h = std::hash<std::string_view>()(text);
  h ^= h >> 30;
  h *= 0xbf58476d1ce4e5b9ULL;
  h ^= h >> 27;
  h *= 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

}  // namespace crossdock::promise
