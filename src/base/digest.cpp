#include <openssl/evp.h>

#include <stdexcept>

#include "crossdock/base/id.hpp"

namespace crossdock {

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  // Fails only if the library itself is broken or forbids SHA-256: nothing a caller could act on.
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) throw std::runtime_error("no SHA-256");
  return digest;
}

}  // namespace crossdock
