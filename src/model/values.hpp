// Reading and writing of single values; what is wrong goes to the Reader.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/json.hpp"
#include "crossdock/base/time.hpp"
#include "model/reader.hpp"
#include "model/rule.hpp"

namespace crossdock {

void read_text(Reader& reader, const Path& path, json::View view, std::string& value, const Rule& rule);
void read_decimal(Reader& reader, const Path& path, json::View view, Decimal& value, const Rule& rule);
std::optional<std::int64_t> read_integer(Reader& reader, const Path& path, json::View view, const Rule& rule);
void read_boolean(Reader& reader, const Path& path, json::View view, bool& value);
void read_date(Reader& reader, const Path& path, json::View view, Date& value);
void read_instant(Reader& reader, const Path& path, json::View view, Instant& value);
/// The place of the word in `list`.
std::optional<std::size_t> read_word(Reader& reader, const Path& path, json::View view, std::span<const std::string_view> list,
                                     const Rule& rule);
/// Whether it is an array of an allowed length.
bool read_list(Reader& reader, const Path& path, json::View view, const Rule& rule);
/// Whether it is digits and nothing else, at least one.
bool all_digits(std::string_view text);

}  // namespace crossdock
