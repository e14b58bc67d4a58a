// Whether the log that is read is still the one that was read: librdkafka tells no topic id, and a topic that is deleted, made anew and
// grown beyond the reader's offset within seconds is read on as if nothing had happened.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/base/result.hpp"
#include "store/cursor.hpp"

namespace crossdock::hub {

/// A log as it is now.
class Log {
 public:
  virtual ~Log() = default;
  virtual Result<std::int64_t> low() = 0;  ///< its first offset
  /// The first record at `offset` or after it; nothing: there is none.
  virtual Result<std::optional<store::LastRead>> first_from(std::int64_t offset) = 0;
};

/// Records of one partition that were read and seen to be of one log, the newest first. A look finds one of them in the log again, or
/// another in its place. What had been read before the look began is of that same log then, and takes their place: so they keep ahead of
/// what the log forgets. Not thread-safe: a copy is looked at elsewhere, and the answer handed in here.
class Anchors {
 public:
  enum class Verdict {
    same,     ///< one of them is there
    nothing,  ///< none is there any more: cut off, compacted away, or nothing was read yet
    unknown,  ///< the log could not be asked
    other,    ///< the log was made anew
  };
  struct Answer {
    Verdict verdict = Verdict::unknown;
    store::LastRead missing;  ///< of `other`: the record that was read; offset -1: the log begins earlier than it did
    std::string why;          ///< of `other`, in words
    std::int64_t low = -1;
  };

  Anchors() = default;
  /// `last` is known to be of the log that is being read; `low`: where the log begins, -1: not known.
  Anchors(const store::LastRead& last, std::int64_t low);
  /// A record was read. Only the first counts here, so that there is one.
  void read(const store::LastRead& last) {
    if (records_.empty()) records_.push_back(last);
  }
  /// Looks for them.
  Answer look(Log& log) const;
  /// Takes the answer of a look. `read_before`: the last record that had been read before the look began.
  void looked(const Answer& answer, const store::LastRead& read_before);

 private:
  static constexpr std::size_t kept = 3;  ///< where one is compacted away, or a marker stands in its place, another one tells
  std::vector<store::LastRead> records_;
  std::int64_t low_ = -1;
};

}  // namespace crossdock::hub
