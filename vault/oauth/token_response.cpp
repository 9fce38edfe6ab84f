#include "vault/oauth/token_response.h"

#include <algorithm>
#include <array>
#include <utility>

#include "vault/base/retry_after.h"
#include "vault/oauth/token_answer.h"

namespace coffer {
namespace {

enum class Fault { Grant, User, Client, Busy, Server, Unknown };

Fault fault_of(std::string_view error) {
  static constexpr std::array<std::pair<std::string_view, Fault>, 15> kFaults = {{
      {"invalid_grant", Fault::Grant},
      {"access_denied", Fault::User},
      {"interaction_required", Fault::User},
      {"login_required", Fault::User},
      {"consent_required", Fault::User},
      {"account_selection_required", Fault::User},
      {"invalid_client", Fault::Client},
      {"unauthorized_client", Fault::Client},
      {"unsupported_grant_type", Fault::Client},
      {"invalid_request", Fault::Client},
      {"invalid_scope", Fault::Client},
      {"invalid_target", Fault::Client},
      {"slow_down", Fault::Busy},
      {"temporarily_unavailable", Fault::Busy},
      {"server_error", Fault::Server},
  }};
  const auto* found =
      std::find_if(kFaults.begin(), kFaults.end(), [&](const auto& fault) { return fault.first == error; });
  return found == kFaults.end() ? Fault::Unknown : found->second;
}

struct Answer {
  int status = 0;
  std::optional<Duration> retry_after;
  std::optional<std::string> error;

  bool is_success() const { return status >= 200 && status < 300; }
  bool is_redirect() const { return status >= 300 && status < 400; }
  bool is_server_error() const { return status >= 500; }
  bool is_throttled() const { return status == 408 || status == 425 || status == 429; }
  std::string text() const { return "HTTP " + std::to_string(status) + (error ? " " + *error : ""); }
};

Transient unprocessed(const Answer& answer) {
  return {answer.text(), false, false, answer.retry_after};
}
Transient maybe_processed(const Answer& answer) {
  return {answer.text(), true, false, answer.retry_after};
}

// What the status alone says, where the body names no error of the protocol.
RefreshOutcome by_status(const Answer& answer) {
  switch (answer.status) {
    case 401:
    case 404:
    case 405:
      return Misconfigured{answer.text()};
    case 403:
      return Throttled{answer.retry_after, true};
    case 503:
      return unprocessed(answer);
    default:
      break;
  }
  if (answer.is_success()) return answer.error ? unprocessed(answer) : maybe_processed(answer);
  const bool is_refusal = answer.status >= 400 && answer.status < 500;
  return is_refusal ? unprocessed(answer) : maybe_processed(answer);
}

RefreshOutcome by_error(const Answer& answer) {
  switch (fault_of(*answer.error)) {
    case Fault::Grant:
      return Rejected{*answer.error, false};
    case Fault::User:
      return Rejected{*answer.error, true};
    case Fault::Client:
      return Misconfigured{*answer.error};
    case Fault::Busy:
      return Throttled{answer.retry_after};
    case Fault::Server:
      return maybe_processed(answer);
    case Fault::Unknown:
      break;
  }
  return by_status(answer);
}

// A server in trouble may say anything of the grant: only "come back later" is believed.
RefreshOutcome of_server_error(const Answer& answer) {
  const bool is_busy = answer.error && fault_of(*answer.error) == Fault::Busy;
  return is_busy ? RefreshOutcome(Throttled{answer.retry_after}) : by_status(answer);
}

RefreshOutcome interpret(HttpResponse response, const Provider& provider, Timestamp sent_at,
                         Timestamp received_at) {
  Answer answer{response.status, retry_after(response.headers, received_at), std::nullopt};
  if (answer.is_throttled()) return Throttled{answer.retry_after};
  if (answer.is_redirect()) return Misconfigured{"redirect, HTTP " + std::to_string(answer.status)};

  TokenAnswer body(std::move(response));
  if (answer.is_success()) {
    if (auto tokens = body.take_tokens(provider, sent_at)) return Refreshed{std::move(*tokens)};
  }
  answer.error = body.error(provider);
  if (answer.is_server_error()) return of_server_error(answer);
  return answer.error ? by_error(answer) : by_status(answer);
}

}  // namespace

RefreshOutcome interpret_token_response(HttpResult result, const Provider& provider, Timestamp sent_at,
                                        Timestamp received_at) {
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    const bool maybe = failure->sent == HttpFailure::Sent::Maybe;
    return Transient{failure->detail, maybe, maybe, std::nullopt};
  }
  return interpret(std::move(std::get<HttpResponse>(result)), provider, sent_at, received_at);
}

}  // namespace coffer
