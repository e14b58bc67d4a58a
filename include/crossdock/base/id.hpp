// Identities and digests.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace crossdock {

/// A UUIDv7 (RFC 9562) in lower-case text; grows with time (strictly within a thread), 74 random bits. Any thread. Unique, but no secret.
std::string new_id();
/// Whether `text` is a UUID in the usual 8-4-4-4-12 form, either case.
bool is_uuid(std::string_view text);

using Sha256 = std::array<unsigned char, 32>;
Sha256 sha256(std::string_view bytes);
std::string hex(const Sha256& digest);
/// Compares in a time that does not depend on where the two differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// GS1 mod-10 check digit of GTIN-8/12/13/14, GLN (13) and SSCC (18): digits only, of an allowed length, last one right.
bool valid_gtin(std::string_view digits);
bool valid_gln(std::string_view digits);
bool valid_sscc(std::string_view digits);

}  // namespace crossdock
