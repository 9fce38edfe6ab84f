#include "mockprovider/error_answer.h"

#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

int status_of(ErrorCode code) {
  if (code == ErrorCode::NotFound) return 404;
  if (code == ErrorCode::Conflict) return 409;
  if (code == ErrorCode::TooLarge) return 413;
  if (code == ErrorCode::Forbidden) return 403;
  if (code == ErrorCode::Unavailable) return 503;
  if (code == ErrorCode::Internal) return 500;
  return 400;
}

}  // namespace

ServerResponse error_answer(int status, const std::string& error, const std::string& message,
                            const std::string& hint) {
  Json body = {{"error", error}, {"message", message}};
  if (!hint.empty()) body["hint"] = hint;
  return ServerResponse::json(status, dump_json(body)).with_header("Cache-Control", "no-store");
}

ServerResponse bearer_refusal(const std::string& realm, int status, const std::string& error,
                              bool has_token) {
  const std::string code = has_token ? ", error=\"" + error + "\"" : "";
  return ServerResponse::json(status, dump_json({{"error", error}}))
      .with_header("Cache-Control", "no-store")
      .with_header("WWW-Authenticate", "Bearer realm=\"" + realm + "\"" + code);
}

ServerResponse guarded(const std::function<ServerResponse()>& handler) {
  try {
    return handler();
  } catch (const Error& error) {
    return error_answer(status_of(error.code()), std::string(to_string(error.code())), error.what(),
                        error.hint());
  } catch (const std::exception&) {
    return error_answer(500, "internal", "the mock provider failed to answer this request");
  }
}

}  // namespace coffer::mock
