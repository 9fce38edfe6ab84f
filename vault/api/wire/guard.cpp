#include "vault/api/wire/guard.h"

#include <algorithm>
#include <typeinfo>

#include "vault/api/wire/dialect.h"
#include "vault/api/wire/envelope.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/store/api_key_store.h"

namespace coffer::api {
namespace {

constexpr std::string_view kBearer = "bearer ";

std::string_view presented_key(const ServerRequest& request) {
  if (const std::string_view key = request.header("x-api-key"); !key.empty()) return key;
  const std::string_view authorization = request.header("authorization");
  if (!equals_ignoring_case(authorization.substr(0, kBearer.size()), kBearer)) return {};
  return authorization.substr(kBearer.size());
}

bool is_json(std::string_view content_type) {
  const std::string type = to_lower(content_type.substr(0, content_type.find_first_of("; ")));
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

void check_content_type(const ServerRequest& request) {
  if (request.body.empty() || is_json(request.header("content-type"))) return;
  throw Error(ErrorCode::InvalidArgument, "the body's content type is not JSON",
              "send \"content-type: application/json\"");
}

bool is_allowed_host(std::string_view host, const std::string& public_url) {
  const auto name = host_of("http://" + std::string(host));
  return name && (is_loopback_host(*name) || name == host_of(public_url));
}

std::ptrdiff_t count_of(const HttpHeaders& headers, std::string_view name) {
  return std::count_if(headers.begin(), headers.end(),
                       [&](const auto& header) { return equals_ignoring_case(header.name, name); });
}

}  // namespace

void Guard::check_host(const ServerRequest& request) const {
  if (!is_allowed_host(request.header("host"), engine_.public_url())) {
    throw Error(ErrorCode::Forbidden, "the request names a host that is not this daemon",
                "use 127.0.0.1 or localhost, or start the daemon with --public-url");
  }
}

void Guard::check_origin(const ServerRequest& request) const {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return;
  if (count_of(request.headers, "origin") > 1) {
    throw Error(ErrorCode::Forbidden, "the request names more than one origin");
  }
  // Pages with "Referrer-Policy: no-referrer" post forms with the origin "null"; only the browser
  // itself can set Sec-Fetch-Site.
  if (origin == "null" && request.header("sec-fetch-site") == "same-origin") return;
  const auto sender = origin_of(origin);
  const bool is_ours = sender && (sender == origin_of(engine_.public_url()) ||
                                  sender == origin_of("http://" + std::string(request.header("host"))));
  if (!is_ours) throw Error(ErrorCode::Forbidden, "the request comes from another site");
}

void Guard::check_api_key(const ServerRequest& request, const std::string& scope) const {
  const std::string_view key = presented_key(request);
  if (key.empty()) {
    throw Error(ErrorCode::Unauthorized, "no API key was sent", "send it in the header x-api-key");
  }
  const auto known = api_key_store::find(*engine_.database().read(), key);
  if (!known) {
    throw Error(
        ErrorCode::Unauthorized, "the API key is not known here",
        "use the key that `coffer dev` or `coffer init` printed, or make one with `coffer api-keys add`");
  }
  if (std::find(known->scopes.begin(), known->scopes.end(), scope) == known->scopes.end()) {
    throw Error(ErrorCode::Forbidden, "the API key lacks the scope " + in_quotes(scope),
                "make a key that has it: coffer api-keys add --scope " + scope);
  }
}

void Guard::log_unexpected(const ServerRequest& request, const std::exception& error) const {
  // The text may quote what was sent: the type alone is safe to log.
  engine_.env().log.error("http.unexpected",
                          {{"request_id", request.request_id}, {"type", typeid(error).name()}});
}

Handler with_api_key(const Guard& guard, std::string scope, ErrorAnswer answer_error, Handler handler) {
  return [&guard, scope = std::move(scope), answer_error,
          handler = std::move(handler)](const ServerRequest& request) {
    try {
      guard.check_api_key(request, scope);
      check_content_type(request);
      return handler(request);
    } catch (const Error& error) {
      return answer_error(request, error);
    } catch (const std::exception& error) {
      guard.log_unexpected(request, error);
      return answer_error(request, internal_error(request));
    }
  };
}

Handler with_api_key(const Guard& guard, std::string scope, Handler handler) {
  return with_api_key(guard, std::move(scope), error_response, std::move(handler));
}

}  // namespace coffer::api
