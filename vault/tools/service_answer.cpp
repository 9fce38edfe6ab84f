#include "vault/tools/service_answer.h"

#include <algorithm>
#include <utility>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/retry_after.h"
#include "vault/catalog/answer_rules.h"

namespace coffer {
namespace {

using Kind = ServiceAnswer::Kind;

// Where services put the sentence that says what went wrong.
constexpr const char* kMessagePlaces[] = {
    "/error/message",    "/message", "/error_description",     "/detail/error", "/detail", "/errorMessages/0",
    "/errors/0/message", "/error",   "/details/0/description", "/description",  "/title",  "/text"};

// nullopt: a text that is not JSON.
std::optional<Json> read_json(const HttpResponse& response) {
  if (response.body.empty()) return Json();
  try {
    return parse_json(response.body, "answer");
  } catch (const Error&) {
    return std::nullopt;
  }
}

// What a tool promises of its answer, a text cannot keep: somebody else answered, such as the
// sign-in page of a network, or the answer was cut.
bool may_answer_text(const Tool& tool) {
  if (!tool.select.empty()) return false;
  const Json text = "text";
  const Json required = tool.output ? tool.output->value("required", Json::array()) : Json::array();
  return std::all_of(required.begin(), required.end(), [&](const Json& name) { return name == text; });
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

std::string message_in(const Json& body) {
  for (const char* place : kMessagePlaces) {
    const Json* value = find_at(body, place);
    if (value == nullptr || !value->is_string()) continue;
    const auto& text = value->get_ref<const std::string&>();
    if (!text.empty() && text.front() != '<') return one_line(text);
  }
  return {};
}

Kind kind_of(ErrorRule::Means means) {
  switch (means) {
    case ErrorRule::Means::Credential:
      return Kind::Credential;
    case ErrorRule::Means::Scope:
      return Kind::Scope;
    case ErrorRule::Means::Retry:
      return Kind::Retry;
    case ErrorRule::Means::Failure:
      break;
  }
  return Kind::Failure;
}

// RFC 6750 section 3.1.
bool says_insufficient_scope(const HttpResponse& response) {
  return response.status == 403 &&
         header_value(response.headers, "WWW-Authenticate").find("insufficient_scope") !=
             std::string_view::npos;
}

Kind kind_of(const Toolkit& toolkit, const Tool& tool, const HttpResponse& response, const Json& body) {
  const int status = response.status;
  if (const auto means = match_rules(tool.errors, status, body)) return kind_of(*means);
  if (const auto means = match_rules(toolkit.errors, status, body)) return kind_of(*means);
  if (status == 401) return Kind::Credential;
  if (says_insufficient_scope(response)) return Kind::Scope;
  if (status == 429) return Kind::Retry;
  return status >= 200 && status < 300 ? Kind::Success : Kind::Failure;
}

// "404: Not Found", "404", or what a 200 says in its body.
std::string answer_text(int status, const Json& body) {
  std::string message = message_in(body);
  if (status >= 200 && status < 300 && !message.empty()) return message;
  return std::to_string(status) + (message.empty() ? "" : ": " + message);
}

std::string scope_text(const Tool& tool) {
  if (tool.scopes_any.empty()) return "a permission that the account did not grant";
  return (tool.scopes_any.size() == 1 ? "the scope " : "one of the scopes ") + join(tool.scopes_any, ", ");
}

std::string problem_of(const ServiceAnswer& answer, const Toolkit& toolkit, const Tool& tool,
                       std::optional<Duration> wait) {
  const std::string text = answer_text(answer.status, answer.body);
  switch (answer.kind) {
    case Kind::Credential:
      return toolkit.name + " refused the credential (" + text + ")";
    case Kind::Scope:
      return toolkit.name + " refused the call (" + text + "): it needs " + scope_text(tool);
    case Kind::Retry:
      return toolkit.name + " asks to slow down (" + text + "): try again " +
             (wait ? "in " + std::to_string(wait->count() / 1000) + " seconds" : "later");
    case Kind::Failure:
      return toolkit.name + " answered " + text +
             (answer.status >= 300 && answer.status < 400 ? ", a redirect, which is not followed" : "");
    case Kind::Success:
    case Kind::Unreachable:
      break;
  }
  return {};
}

}  // namespace

std::string failure_text(const HttpFailure& failure, const Toolkit& toolkit) {
  std::string text;
  switch (failure.kind) {
    case HttpFailure::Kind::Timeout:
      text = toolkit.name + " did not answer in time";
      break;
    case HttpFailure::Kind::TooLarge:
      return "the answer of " + toolkit.name + " is too large: ask for less at a time";
    case HttpFailure::Kind::Policy:
    case HttpFailure::Kind::Resolve:
    case HttpFailure::Kind::Connect:
    case HttpFailure::Kind::Tls:
    case HttpFailure::Kind::Refused:
    case HttpFailure::Kind::Broken:
      text = toolkit.name + " cannot be reached (" + failure.detail + ")";
      break;
  }
  return failure.sent == HttpFailure::Sent::Maybe ? text + "; it may have carried out the request" : text;
}

ServiceAnswer read_answer(HttpResult result, const Toolkit& toolkit, const Tool& tool, Timestamp now) {
  ServiceAnswer answer;
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    answer.kind = Kind::Unreachable;
    answer.problem = failure_text(*failure, toolkit);
    return answer;
  }
  const auto& response = std::get<HttpResponse>(result);
  auto json = read_json(response);
  answer.status = response.status;
  answer.body = json ? std::move(*json) : Json{{"text", response.body}};
  answer.kind = kind_of(toolkit, tool, response, answer.body);
  if (answer.kind == Kind::Success && !json && !may_answer_text(tool)) {
    answer.kind = Kind::Failure;
    answer.problem = toolkit.name + " answered " + std::to_string(answer.status) +
                     " with a body that is not JSON; it may have carried out the request";
    return answer;
  }
  answer.problem = problem_of(answer, toolkit, tool, retry_after(response.headers, now));
  return answer;
}

Json shape_data(const Json& body, const std::string& select) {
  const Json* found = find_at(body, select);
  if (found == nullptr || found->is_null()) return Json::object();
  if (found->is_object()) return *found;
  return {{found->is_array() ? "items" : "value", *found}};
}

}  // namespace coffer
