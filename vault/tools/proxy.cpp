#include "vault/tools/proxy.h"

#include <algorithm>
#include <array>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/catalog/answer_rules.h"
#include "vault/tools/account_use.h"
#include "vault/tools/framing_header.h"
#include "vault/tools/proxy_endpoint.h"
#include "vault/tools/request_auth.h"
#include "vault/tools/scrubber.h"
#include "vault/tools/service_answer.h"

namespace coffer {
namespace {

constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
// Credentials are not the caller's to choose.
constexpr std::array<std::string_view, 2> kKeptHeaders = {"authorization", "cookie"};
// A session with the service is a credential, too.
constexpr std::array<std::string_view, 5> kHiddenHeaders = {"set-cookie", "set-cookie2", "connection",
                                                            "keep-alive", "transfer-encoding"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return equals_ignoring_case(known, name); });
}

bool is_credential_place(const std::map<std::string, std::string>& places, std::string_view name) {
  return std::any_of(places.begin(), places.end(),
                     [&](const auto& place) { return equals_ignoring_case(place.first, name); });
}

void refuse(const std::string& what, std::string_view name) {
  throw Error(ErrorCode::InvalidArgument, what + " " + in_quotes(name) + " is not the caller's to set",
              "leave it out: the account's own credential is added here");
}

void check_headers(const HttpHeaders& headers, const AuthMode& mode) {
  for (const HttpHeader& header : headers) {
    if (is_framing_header(header.name) || is_among(kKeptHeaders, header.name) ||
        is_credential_place(mode.headers, header.name)) {
      refuse("header", header.name);
    }
    if (header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      throw Error(ErrorCode::InvalidArgument, "header " + in_quotes(header.name) + " holds a line break");
    }
  }
}

void check_query(std::string_view url, const Fields& more, const AuthMode& mode) {
  const std::size_t start = url.find('?');
  auto given = parse_form(start == std::string_view::npos ? std::string_view() : url.substr(start + 1));
  if (!given) throw Error(ErrorCode::InvalidArgument, "\"endpoint\" holds a broken escape");
  given->insert(given->end(), more.begin(), more.end());
  for (const auto& [name, value] : *given) {
    if (is_credential_place(mode.query, name)) refuse("query parameter", name);
  }
}

HttpRequest build(const Toolkit& toolkit, const AuthMode& mode, const ProxyCall& call,
                  const connection_store::Opened& opened) {
  if (!is_among(kMethods, call.method)) {
    throw Error(ErrorCode::InvalidArgument, "\"method\" is none of its values",
                "use GET, HEAD, POST, PUT, PATCH or DELETE");
  }
  const std::string url = proxy_url(toolkit, opened.connection.fields, call.endpoint);
  check_headers(call.headers, mode);
  check_query(url, call.query, mode);
  HttpRequest request;
  request.method = to_upper(call.method);
  request.url = with_query(url, call.query);
  request.headers = call.headers;
  request.body = call.body;
  request.once = request.method != "GET" && request.method != "HEAD";
  const auto add_default = [&](const char* name, const char* value) {
    if (header_value(request.headers, name).empty()) request.headers.push_back({name, value});
  };
  add_default("Accept", "application/json, */*;q=0.8");
  add_default("User-Agent", "coffer");
  apply_credential(request, mode, opened.credential);
  return request;
}

[[noreturn]] void fail(const HttpFailure& failure, const Toolkit& toolkit, const Scrubber& scrubber) {
  std::string text = failure_text(failure, toolkit);
  scrubber.clean(text);
  const ErrorCode code = failure.kind == HttpFailure::Kind::Policy     ? ErrorCode::InvalidArgument
                         : failure.kind == HttpFailure::Kind::Timeout  ? ErrorCode::Timeout
                         : failure.kind == HttpFailure::Kind::TooLarge ? ErrorCode::TooLarge
                                                                       : ErrorCode::Unavailable;
  throw Error(code, text);
}

std::optional<Json> json_in(const HttpResponse& response) {
  const std::string type = to_lower(header_value(response.headers, "content-type"));
  if (type.find("json") == std::string::npos) return std::nullopt;
  try {
    return parse_json(response.body, "answer");
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_text(const std::string& body) {
  return is_valid_utf8(body) && body.find('\0') == std::string::npos;
}

ProxyAnswer to_answer(HttpResponse response, const Scrubber& scrubber) {
  ProxyAnswer answer;
  answer.status = response.status;
  answer.content_type = header_value(response.headers, "content-type");
  if (answer.content_type.empty()) answer.content_type = "application/octet-stream";
  auto parsed = json_in(response);
  for (HttpHeader& header : response.headers) {
    if (is_among(kHiddenHeaders, header.name)) continue;
    scrubber.clean(header.value);
    answer.headers.push_back({to_lower(header.name), std::move(header.value)});
  }
  if (response.body.empty()) return answer;
  if (parsed) {
    answer.data = std::move(*parsed);
    scrubber.clean(answer.data);
  } else if (is_text(response.body)) {
    scrubber.clean(response.body);
    answer.data = std::move(response.body);
  } else {
    scrubber.clean(response.body);
    answer.bytes = std::move(response.body);
  }
  return answer;
}

bool is_refused_credential(const Toolkit& toolkit, const HttpResult& result) {
  const auto* response = std::get_if<HttpResponse>(&result);
  if (response == nullptr) return false;
  const auto means = match_rules(toolkit.errors, response->status, json_in(*response).value_or(Json()));
  return means ? *means == ErrorRule::Means::Credential : response->status == 401;
}

}  // namespace

ProxyAnswer proxy(const Env& env, Database& database, Refresher& refresher, const Toolkit& toolkit,
                  const ProxyCall& call) {
  AccountUse account(env.clock, database, refresher, toolkit);
  const ConnectionId selected = account.select(call.user, call.connection).id;
  account.require_allowed();
  auto opened = account.open(selected);
  const AuthMode& mode = mode_of(toolkit, opened.connection);
  Scrubber scrubber;
  const auto send = [&] {
    scrubber.add(opened.credential);
    return env.http.send(build(toolkit, mode, call, opened));
  };
  HttpResult result = send();
  if (std::holds_alternative<TokenSet>(opened.credential) && is_refused_credential(toolkit, result)) {
    opened = account.renew(opened);
    result = send();
    if (is_refused_credential(toolkit, result)) account.give_up(opened);
  }
  if (const auto* failure = std::get_if<HttpFailure>(&result)) fail(*failure, toolkit, scrubber);
  ProxyAnswer answer = to_answer(std::move(std::get<HttpResponse>(result)), scrubber);
  env.log.info("tool.proxied", {{"toolkit", toolkit.slug},
                                {"connected_account_id", opened.connection.id.str()},
                                {"method", to_upper(call.method)},
                                {"status", std::to_string(answer.status)}});
  return answer;
}

}  // namespace coffer
