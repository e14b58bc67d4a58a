// Ed25519 by the vectors of RFC 8032, 7.1.
#include "crossdock/base/signature.hpp"

#include <gtest/gtest.h>

namespace crossdock {
namespace {

// TEST 2: its seed as openssl would write it.
constexpr const char* private_pem = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7
-----END PRIVATE KEY-----)";
constexpr const char* public_pem = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=
-----END PUBLIC KEY-----)";
constexpr const char* other_pem = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAB7RpON9yInTNArlgTcLR3K/YvUrIh+jvMLUK1RaWH38=
-----END PUBLIC KEY-----)";
// X25519: a key, but not for signatures.
constexpr const char* agreement_pem = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIMDgh02sCoCbeJDBEgkzy4WRi90J4mwGmXHU8QNZTz1h
-----END PRIVATE KEY-----)";

constexpr const char* signed_72 =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(Signature, is_that_of_the_rfc) {
  auto key = SigningKey::from_pem(private_pem);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->sign("\x72"), signed_72);
  EXPECT_TRUE(key->verify("\x72", signed_72));
}

TEST(Signature, the_public_key_is_enough_to_check) {
  auto key = VerifyingKey::from_pem(public_pem);
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify("\x72", signed_72));
}

TEST(Signature, another_message_key_or_signature_is_refused) {
  auto key = VerifyingKey::from_pem(public_pem);
  ASSERT_TRUE(key);
  EXPECT_FALSE(key->verify("\x73", signed_72));
  std::string changed = signed_72;
  changed[5] = changed[5] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(key->verify("\x72", changed));
  EXPECT_FALSE(key->verify("\x72", ""));
  EXPECT_FALSE(key->verify("\x72", std::string(signed_72).substr(1)));
  EXPECT_FALSE(key->verify("\x72", std::string(128, 'x')));
  auto other = VerifyingKey::from_pem(other_pem);
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->verify("\x72", signed_72));
}

TEST(Signature, what_is_no_key_is_said) {
  for (const char* pem : {"", "nothing", agreement_pem}) {
    EXPECT_FALSE(SigningKey::from_pem(pem)) << pem;
    auto refused = VerifyingKey::from_pem(pem);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().code(), "bad_key");
  }
  EXPECT_FALSE(SigningKey::from_pem(public_pem)) << "a public key signs nothing";
}

}  // namespace
}  // namespace crossdock
