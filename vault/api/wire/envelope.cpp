#include "vault/api/wire/envelope.h"

#include <nlohmann/json.hpp>

#include "vault/api/wire/dialect.h"
#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::api {
namespace {

// SDKs tell a missing account from other failures of a tool call by this number and these words.
constexpr int kNoConnectedAccount = 1803;
constexpr std::string_view kNoConnectedAccountText = "No connected account found";

struct Wire {
  int status;
  int code;
};

Wire wire_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return {400, 10400};
    case ErrorCode::Unauthorized:
      return {401, 10401};
    case ErrorCode::Forbidden:
      return {403, 10403};
    case ErrorCode::NotFound:
      return {404, 10404};
    case ErrorCode::Conflict:
      return {400, 10409};
    case ErrorCode::WrongState:
      return {422, 10422};
    case ErrorCode::NeedsConnection:
      return {400, kNoConnectedAccount};
    case ErrorCode::Gone:
      return {410, 10410};
    case ErrorCode::TooLarge:
      return {413, 10413};
    case ErrorCode::Throttled:
      return {429, 10429};
    case ErrorCode::Unavailable:
      return {503, 10503};
    case ErrorCode::Timeout:
      return {504, 10504};
    case ErrorCode::Unsupported:
      return {501, 10501};
    case ErrorCode::Storage:
      return {503, 10507};
    case ErrorCode::TamperedRow:
      return {500, 10520};
    case ErrorCode::WrongKey:
    case ErrorCode::CorruptHeader:
    case ErrorCode::NewerFormat:
    case ErrorCode::VaultInUse:
    case ErrorCode::UnsafePermissions:
    case ErrorCode::Internal:
      return {500, 10500};
  }
  return {500, 10500};
}

std::string message_of(const Error& error) {
  std::string fact = error.what();
  if (error.code() != ErrorCode::NeedsConnection) return fact;
  const auto same_words = std::string_view(fact).substr(0, kNoConnectedAccountText.size());
  if (!equals_ignoring_case(same_words, kNoConnectedAccountText)) {
    return std::string(kNoConnectedAccountText) + ": " + fact;
  }
  return std::string(kNoConnectedAccountText) + fact.substr(kNoConnectedAccountText.size());
}

ServerResponse envelope(const ServerRequest& request, int status, const Error& error) {
  const std::string message = message_of(error);
  Json inner = {{"message", message},
                {"code", wire_of(error.code()).code},
                {"status", status},
                {"slug", to_string(error.code())},
                {"request_id", request.request_id},
                {"suggested_fix", error.hint()}};
  if (error.code() == ErrorCode::InvalidArgument) inner["errors"] = Json::array({message});
  ServerResponse response = ServerResponse::json(status, dump_json({{"error", std::move(inner)}}));
  if (status == 429 || error.code() == ErrorCode::Unavailable)
    response.headers.push_back({"Retry-After", "1"});
  // The SDKs send the same request again after any 409 and 5xx: here it would fail the same way.
  if (status == 409 || status == 500 || status == 501 || status == 505) {
    response.headers.push_back({"x-should-retry", "false"});
  }
  return response;
}

}  // namespace

int status_of(ErrorCode code) {
  return wire_of(code).status;
}

ServerResponse error_response(const ServerRequest& request, const Error& error) {
  return envelope(request, status_of(error.code()), error);
}

ServerResponse error_response_with_status(const ServerRequest& request, const Error& error, int status) {
  return envelope(request, status, error);
}

ServerResponse error_response(const ServerRequest& request, const std::exception&) {
  return error_response(request, internal_error(request));
}

}  // namespace coffer::api
