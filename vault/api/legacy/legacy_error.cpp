#include <nlohmann/json.hpp>

#include "vault/api/legacy/legacy.h"
#include "vault/base/json.h"

namespace coffer::api {
namespace {

// The JavaScript SDK reads these and no others.
int legacy_status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::Forbidden:
    case ErrorCode::Conflict:
    case ErrorCode::WrongState:
    case ErrorCode::Gone:
    case ErrorCode::TooLarge:
    case ErrorCode::Unsupported:
      return 400;
    case ErrorCode::Unauthorized:
      return 401;
    case ErrorCode::NotFound:
    case ErrorCode::NeedsConnection:
      return 404;
    case ErrorCode::Timeout:
      return 408;
    case ErrorCode::Throttled:
      return 429;
    case ErrorCode::Unavailable:
    case ErrorCode::Storage:
      return 502;
    case ErrorCode::TamperedRow:
    case ErrorCode::WrongKey:
    case ErrorCode::CorruptHeader:
    case ErrorCode::NewerFormat:
    case ErrorCode::VaultInUse:
    case ErrorCode::UnsafePermissions:
    case ErrorCode::Internal:
      return 500;
  }
  return 500;
}

std::string type_of(int status) {
  switch (status) {
    case 400:
      return "BadRequestError";
    case 401:
      return "UnauthorizedError";
    case 404:
      return "NotFoundError";
    case 408:
      return "RequestTimeoutError";
    case 429:
      return "RateLimitError";
    case 502:
      return "BadGatewayError";
    default:
      return "InternalServerError";
  }
}

// What was not found is what the route names.
std::string name_of(const ServerRequest& request, ErrorCode code, const std::string& type) {
  if (code == ErrorCode::NeedsConnection) return "ConnectedAccountNotFoundError";
  if (code != ErrorCode::NotFound) return type;
  if (request.params.contains("app")) return "AppNotFoundError";
  if (request.params.contains("action")) return "ActionNotFoundError";
  if (request.params.contains("account")) return "ConnectedAccountNotFoundError";
  return type;
}

}  // namespace

ServerResponse legacy_error(const ServerRequest& request, const Error& error) {
  const int status = legacy_status_of(error.code());
  const std::string type = type_of(status);
  const std::string fact = error.what();
  const std::string message = error.hint().empty() ? fact : fact + "; " + error.hint();
  Json body = {{"type", type},
               {"name", name_of(request, error.code(), type)},
               {"status", status},
               {"message", message},
               {"requestId", request.request_id}};
  // Of a 400 the JavaScript SDK shows nothing but these.
  if (status == 400) body["details"] = Json::array({{{"message", message}}});
  return ServerResponse::json(status, dump_json(body));
}

}  // namespace coffer::api
