#include "vault/crypto/signature.h"

#include <catch2/catch.hpp>

using namespace coffer;

namespace {

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t kTime = 1614265330;
constexpr std::string_view kBody = R"({"test": 2432232314})";

// printf '%s.%s.%s' ID TIME BODY | openssl dgst -sha256 -hmac SECRET -binary | base64
constexpr std::string_view kByText = "v1,TcxlhK9b6UD6iVI1ZU2tTqp8PEVfYRseNNfa6b+LcUg=";
// The same with the key that the part after "whsec_" is the base64 of (Python: hmac.new).
constexpr std::string_view kByKey = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

bool verifies(std::string_view header) {
  return verify_webhook_signature(header, kSecret, kId, kTime, kBody);
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out.append(text).append(" ");
  return out;
}

}  // namespace

TEST_CASE("a webhook is signed for both kinds of verifier", "[crypto]") {
  CHECK(webhook_signature(kSecret, kId, kTime, kBody) == std::string(kByText) + " " + std::string(kByKey));
}

TEST_CASE("a secret without a base64 part signs as text alone", "[crypto]") {
  CHECK(webhook_signature("plain", "a", 1, "b").find(' ') == std::string::npos);
  CHECK(webhook_signature("whsec_", "a", 1, "b").find(' ') == std::string::npos);
  CHECK(webhook_signature("whsec_!", "a", 1, "b").find(' ') == std::string::npos);
}

TEST_CASE("either signature is enough, in any place of the header", "[crypto]") {
  CHECK(verifies(kByText));
  CHECK(verifies(kByKey));
  CHECK(verifies("v1a,AAAA v1,AAAA " + std::string(kByKey)));
  CHECK(verifies("  " + std::string(kByText) + "  "));
}

TEST_CASE("what was not signed is refused", "[crypto]") {
  const std::string good = webhook_signature(kSecret, kId, kTime, kBody);
  CHECK_FALSE(verify_webhook_signature(good, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx", kId, kTime, kBody));
  CHECK_FALSE(verify_webhook_signature(good, kSecret, "msg_other", kTime, kBody));
  CHECK_FALSE(verify_webhook_signature(good, kSecret, kId, kTime + 1, kBody));
  CHECK_FALSE(verify_webhook_signature(good, kSecret, kId, kTime, R"({"test":2432232314})"));
  CHECK_FALSE(verify_webhook_signature(good, kSecret, kId, kTime, ""));
}

TEST_CASE("a header that is no signature is refused", "[crypto]") {
  const std::string digest(kByKey.substr(3));
  for (const std::string& header :
       {std::string(), std::string(" "), std::string("v1,"), digest, "v2," + digest, "v1a," + digest,
        "V1," + digest, "v1=" + digest, "v1, " + digest, "v1," + digest.substr(0, digest.size() - 1),
        "v1," + digest + "="}) {
    CAPTURE(header);
    CHECK_FALSE(verifies(header));
  }
}

TEST_CASE("a header of more signatures than anybody sends is not gone through", "[crypto]") {
  CHECK(verifies(repeated("v1,AAAA", 15) + std::string(kByKey)));
  CHECK_FALSE(verifies(repeated("v1,AAAA", 16) + std::string(kByKey)));
}
