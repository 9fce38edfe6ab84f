#include "vault/events/delivery_request.h"

#include "vault/base/retry_after.h"
#include "vault/crypto/signature.h"

namespace coffer {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(15);
constexpr std::size_t kMaxAnswer = 16 << 10;
constexpr int kGone = 410;

bool is_busy(int status) {
  return status == 429 || (status >= 502 && status <= 504);
}

// A receiver that has not heard of the new secret yet still finds a signature it can check.
std::string signatures(const Event& event, const Secret& secret, const Secret& previous_secret,
                       std::int64_t timestamp_s) {
  std::string text = webhook_signature(secret.expose(), event.id, timestamp_s, event.body);
  if (!previous_secret.empty()) {
    text += " " + webhook_signature(previous_secret.expose(), event.id, timestamp_s, event.body);
  }
  return text;
}

}  // namespace

HttpRequest delivery_request(const Event& event, const Subscription& subscription, int attempt,
                             Timestamp real_now, const Secret& previous_secret) {
  const std::int64_t timestamp_s = to_ms(real_now) / 1000;
  HttpRequest request;
  request.method = "POST";
  request.url = subscription.url;
  request.timeout = kTimeout;
  request.max_response_bytes = kMaxAnswer;
  request.takes_part_of_body = true;
  request.body = event.body;
  request.headers = {
      {"Content-Type", "application/json"},
      {"webhook-id", event.id},
      {"webhook-timestamp", std::to_string(timestamp_s)},
      {"webhook-signature", signatures(event, subscription.secret, previous_secret, timestamp_s)},
      {"x-composio-webhook-version", subscription.version},
      {"x-composio-delivery-attempt", std::to_string(attempt)},
  };
  return request;
}

DeliveryVerdict judge_delivery(const HttpResult& result, Timestamp real_now) {
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    return {DeliveryVerdict::Kind::Failed, 0, failure->detail, std::nullopt};
  }
  const auto& response = std::get<HttpResponse>(result);
  const int status = response.status;
  if (status >= 200 && status < 300) return {DeliveryVerdict::Kind::Delivered, status, "", std::nullopt};
  const std::string failure = "HTTP " + std::to_string(status);
  if (status == kGone) return {DeliveryVerdict::Kind::Gone, status, failure, std::nullopt};
  const auto not_before = is_busy(status) ? retry_after(response.headers, real_now) : std::nullopt;
  return {DeliveryVerdict::Kind::Failed, status, failure, not_before};
}

}  // namespace coffer
