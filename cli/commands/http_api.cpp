#include "cli/commands/http_api.h"

#include <nlohmann/json.hpp>

#include "cli/commands/output.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/net/http_client.h"

namespace coffer::cli {
namespace {

constexpr std::size_t kPageSize = 200;
constexpr int kMostPages = 50;
// A clock that jumps a month runs thousands of refreshes before it answers.
constexpr Duration kTimeout = std::chrono::minutes(10);
constexpr int kNoConnectedAccount = 1803;  // docs/http-api.md

Error unreachable(const std::string& url, const HttpFailure& failure) {
  if (failure.sent == HttpFailure::Sent::No) {
    return Error(ErrorCode::Unavailable, "no daemon answers at " + url,
                 "start one with `coffer serve` or `coffer dev`, or name another with --url");
  }
  return Error(ErrorCode::Unavailable, "the daemon at " + url + " gave no whole answer: " + failure.detail);
}

ErrorCode code_of(int status, int code) {
  if (code == kNoConnectedAccount) return ErrorCode::NeedsConnection;
  switch (status) {
    case 400:
      return ErrorCode::InvalidArgument;
    case 401:
      return ErrorCode::Unauthorized;
    case 403:
      return ErrorCode::Forbidden;
    case 404:
      return ErrorCode::NotFound;
    case 410:
      return ErrorCode::Gone;
    case 422:
      return ErrorCode::WrongState;
    case 429:
      return ErrorCode::Throttled;
    default:
      return ErrorCode::Internal;
  }
}

Error as_error(const std::string& url, int status, const Json& body) {
  const Json envelope = body.is_object() ? body.value("error", Json::object()) : Json::object();
  std::string fact = envelope.is_object() ? text_of(envelope, "message") : "";
  if (fact.empty()) fact = url + " answered " + std::to_string(status);
  const int code = envelope.is_object() && envelope.contains("code") && envelope["code"].is_number_integer()
                       ? envelope["code"].get<int>()
                       : 0;
  return Error(code_of(status, code), fact, envelope.is_object() ? text_of(envelope, "suggested_fix") : "");
}

Error no_daemon(const std::string& url) {
  return Error(ErrorCode::Unavailable, url + " does not answer as a coffer daemon does",
               "is the address right?");
}

Json parse_answer(const std::string& url, const HttpResponse& response) {
  try {
    return response.body.empty() ? Json::object() : parse_json(response.body, "answer");
  } catch (const Error&) {
    if (response.status >= 400) return Json::object();
    throw no_daemon(url);
  }
}

}  // namespace

HttpApi::HttpApi(Endpoint endpoint) : endpoint_(std::move(endpoint)), http_(make_http_client()) {}

Json HttpApi::get(const std::string& path, const Fields& query) {
  return send("GET", with_query(path, query), {});
}

Json HttpApi::post(const std::string& path, const Json& body) {
  return send("POST", path, dump_json(body));
}

Json HttpApi::remove(const std::string& path) {
  return send("DELETE", path, {});
}

std::vector<Json> HttpApi::get_all(const std::string& path, Fields query) {
  query.emplace_back("limit", std::to_string(kPageSize));
  std::vector<Json> items;
  std::string cursor;
  for (int page = 0; page < kMostPages; ++page) {
    Fields with_cursor = query;
    if (!cursor.empty()) with_cursor.emplace_back("cursor", cursor);
    const Json answer = get(path, with_cursor);
    for (const Json& item : answer.value("items", Json::array())) items.push_back(item);
    cursor = text_of(answer, "next_cursor");
    if (cursor.empty()) return items;
  }
  print_warning("only the first " + std::to_string(items.size()) + " are listed");
  return items;
}

Json HttpApi::send(const std::string& method, const std::string& path, std::string body) {
  HttpRequest request;
  request.method = method;
  request.url = endpoint_.url + path;
  request.headers = {{"x-api-key", std::string(endpoint_.api_key.expose())}, {"accept", "application/json"}};
  if (!body.empty()) request.headers.push_back({"content-type", "application/json"});
  request.body = std::move(body);
  request.timeout = kTimeout;
  request.once = method != "GET";
  const HttpResult result = http_->send(request);
  if (const auto* failure = std::get_if<HttpFailure>(&result)) throw unreachable(endpoint_.url, *failure);
  const auto& response = std::get<HttpResponse>(result);
  Json answer = parse_answer(endpoint_.url, response);
  if (response.status >= 300) throw as_error(endpoint_.url, response.status, answer);
  if (!answer.is_object()) throw no_daemon(endpoint_.url);
  return answer;
}

std::string api_path(const std::string& collection, const std::string& id) {
  return std::string(kApi) + "/" + collection + "/" + percent_encode(id);
}

void require_test_controls(HttpApi& api) {
  try {
    api.get("/_coffer/clock");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw;
    throw Error(ErrorCode::Unsupported, "this daemon has no test controls",
                "use `coffer dev`, or start it with `coffer serve --test-controls`");
  }
}

void throw_refusal(const Error& refusal) {
  if (refusal.code() != ErrorCode::WrongState) throw refusal;
  throw Error(ErrorCode::NeedsConnection, refusal.what(), refusal.hint());
}

std::string text_of(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace coffer::cli
