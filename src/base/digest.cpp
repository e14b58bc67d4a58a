#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "crossdock/base/id.hpp"

namespace crossdock {

namespace {

// Fails only if the library itself is broken or forbids SHA-256: nothing a caller could act on.
void must(int result) {
  if (result != 1) throw std::runtime_error("no SHA-256");
}

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// Made once per thread: looking the algorithm up takes three times as long as hashing a key.
EVP_MD_CTX* context_of_this_thread() {
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context = [] {
    std::unique_ptr<EVP_MD_CTX, Free> made(EVP_MD_CTX_new());
    must(EVP_DigestInit_ex2(made.get(), EVP_sha256(), nullptr));
    return made;
  }();
  return context.get();
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  auto* context = context_of_this_thread();
  must(EVP_DigestInit_ex2(context, nullptr, nullptr));
  must(EVP_DigestUpdate(context, bytes.data(), bytes.size()));
  must(EVP_DigestFinal_ex(context, digest.data(), nullptr));
  return digest;
}

}  // namespace crossdock
