#include "vault/events/delivery_request.h"

#include <catch2/catch.hpp>

#include "vault/crypto/signature.h"

using namespace coffer;
using Kind = DeliveryVerdict::Kind;

namespace {

const Timestamp kNow = *parse_rfc3339("2026-11-22T12:00:00.900Z");
constexpr std::string_view kSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

Event event() {
  return {"msg_1", std::string(kExpiredEvent), ConnectionId("ca_1"), R"({"id":"msg_1","n": 1 })", kNow};
}

Subscription subscription() {
  Subscription s;
  s.id = SubscriptionId("ws_1");
  s.url = "https://app.example/hook?x=1";
  s.secret = Secret(kSecret);
  return s;
}

HttpResult answer(int status, HttpHeaders headers = {}) {
  HttpResponse response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

}  // namespace

TEST_CASE("a delivery is the frozen body, signed for this attempt", "[events]") {
  const HttpRequest request = delivery_request(event(), subscription(), 3, kNow);
  CHECK(request.method == "POST");
  CHECK(request.url == "https://app.example/hook?x=1");
  CHECK(request.body == event().body);
  CHECK(request.timeout == std::chrono::seconds(15));
  CHECK(header_value(request.headers, "content-type") == "application/json");
  CHECK(header_value(request.headers, "webhook-id") == "msg_1");
  CHECK(header_value(request.headers, "webhook-timestamp") == "1795348800");  // 2026-11-22T12:00:00Z
  CHECK(header_value(request.headers, "x-composio-webhook-version") == "V3");
  CHECK(header_value(request.headers, "x-composio-delivery-attempt") == "3");
  const auto signature = header_value(request.headers, "webhook-signature");
  CHECK(verify_webhook_signature(signature, kSecret, "msg_1", 1795348800, event().body));
  CHECK_FALSE(verify_webhook_signature(signature, kSecret, "msg_1", 1795348801, event().body));
}

TEST_CASE("while a new secret comes into use, a delivery carries signatures by both", "[events]") {
  constexpr std::string_view kOld = "whsec_YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk=";
  const HttpRequest both = delivery_request(event(), subscription(), 1, kNow, Secret(kOld));
  const auto signature = header_value(both.headers, "webhook-signature");
  CHECK(verify_webhook_signature(signature, kSecret, "msg_1", 1795348800, event().body));
  CHECK(verify_webhook_signature(signature, kOld, "msg_1", 1795348800, event().body));
  const HttpRequest one = delivery_request(event(), subscription(), 1, kNow);
  CHECK_FALSE(verify_webhook_signature(header_value(one.headers, "webhook-signature"), kOld, "msg_1",
                                       1795348800, event().body));
}

TEST_CASE("of a receiver's answer 16 KiB are read, and its status counts whatever follows", "[events]") {
  const HttpRequest request = delivery_request(event(), subscription(), 1, kNow);
  CHECK(request.max_response_bytes == 16384);
  CHECK(request.takes_part_of_body);
}

TEST_CASE("only 2xx counts as delivered", "[events]") {
  for (const int status : {200, 201, 202, 204, 299})
    CHECK(judge_delivery(answer(status), kNow).kind == Kind::Delivered);
  for (const int status : {100, 301, 302, 307, 308, 400, 401, 404, 429, 500, 502, 503, 504}) {
    const auto verdict = judge_delivery(answer(status), kNow);
    CHECK(verdict.kind == Kind::Failed);
    CHECK(verdict.failure == "HTTP " + std::to_string(status));
  }
  CHECK(judge_delivery(answer(410), kNow).kind == Kind::Gone);
  const auto broken =
      judge_delivery(HttpFailure{HttpFailure::Sent::Maybe, HttpFailure::Kind::Timeout, "timed out"}, kNow);
  CHECK(broken.kind == Kind::Failed);
  CHECK(broken.failure == "timed out");
}

TEST_CASE("a busy receiver may ask for time", "[events]") {
  const HttpHeaders later{{"Retry-After", "900"}};
  for (const int status : {429, 502, 503, 504}) {
    CHECK(judge_delivery(answer(status, later), kNow).not_before == std::chrono::minutes(15));
  }
  CHECK(judge_delivery(answer(500, later), kNow).not_before == std::nullopt);
  CHECK(judge_delivery(answer(429), kNow).not_before == std::nullopt);
}
