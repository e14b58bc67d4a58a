// Ed25519 signatures (RFC 8032), made and checked by OpenSSL.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "crossdock/base/result.hpp"

namespace crossdock {

/// Checks signatures. Copies share the key; any thread.
class VerifyingKey {
 public:
  /// PEM, "BEGIN PUBLIC KEY" or "BEGIN PRIVATE KEY". Fault `bad_key` (invalid) when it is no Ed25519 key.
  static Result<VerifyingKey> from_pem(std::string_view pem);
  /// `signature`: 64 bytes in hexadecimal, as SigningKey::sign gives it. False for anything else.
  bool verify(std::string_view message, std::string_view signature) const;

 protected:
  explicit VerifyingKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
  void* key() const { return key_.get(); }

 private:
  std::shared_ptr<void> key_;
};

/// Makes signatures; whoever has it can check them, too.
class SigningKey : public VerifyingKey {
 public:
  /// PEM, "BEGIN PRIVATE KEY" (openssl genpkey -algorithm ed25519). Fault `bad_key` (invalid) when it is no private Ed25519 key.
  static Result<SigningKey> from_pem(std::string_view pem);
  /// 128 hexadecimal digits.
  std::string sign(std::string_view message) const;

 private:
  using VerifyingKey::VerifyingKey;
};

}  // namespace crossdock
