#include "crossdock/base/signature.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace crossdock {

namespace {

constexpr std::size_t signature_bytes = 64;
using Bytes = std::array<unsigned char, signature_bytes>;

Fault bad_key(const char* wanted) {
  return {FaultKind::invalid, "bad_key",
          std::string("this is no ") + wanted + " Ed25519 key in PEM; make one with openssl genpkey -algorithm ed25519"};
}

std::shared_ptr<void> read_key(std::string_view pem, bool with_private) {
  const std::string text = std::string(pem) + "\n";
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  auto no_passphrase = [](char*, int, int, void*) { return 0; };
  EVP_PKEY* key = with_private ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr)
                               : PEM_read_bio_PUBKEY(in.get(), nullptr, no_passphrase, nullptr);
  std::shared_ptr<void> owned(key, [](void* each) { EVP_PKEY_free(static_cast<EVP_PKEY*>(each)); });
  return key && EVP_PKEY_id(key) == EVP_PKEY_ED25519 ? owned : nullptr;
}

std::optional<unsigned char> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned char>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned char>(c - 'a' + 10);
  return {};
}

std::optional<Bytes> from_hex(std::string_view text) {
  Bytes out{};
  if (text.size() != out.size() * 2) return {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
    if (!high || !low) return {};
    out[i] = static_cast<unsigned char>(*high << 4U | *low);
  }
  return out;
}

std::string to_hex(const Bytes& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) out += digits[byte >> 4U], out += digits[byte & 15U];
  return out;
}

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Result<VerifyingKey> VerifyingKey::from_pem(std::string_view pem) {
  auto key = read_key(pem, pem.find("PRIVATE KEY") != std::string_view::npos);
  if (!key) return bad_key("public");
  return VerifyingKey(std::move(key));
}

bool VerifyingKey::verify(std::string_view message, std::string_view signature) const {
  const auto bytes = from_hex(signature);
  if (!bytes) return false;
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(key())) != 1) return false;
  return EVP_DigestVerify(context.get(), bytes->data(), bytes->size(), bytes_of(message), message.size()) == 1;
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  auto key = read_key(pem, true);
  if (!key) return bad_key("private");
  return SigningKey(std::move(key));
}

std::string SigningKey::sign(std::string_view message) const {
  Bytes out{};
  std::size_t size = out.size();
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(key())) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, bytes_of(message), message.size()) != 1)
    throw std::runtime_error("no Ed25519");
  return to_hex(out);
}

}  // namespace crossdock
