#include "vault/connect/service_probe.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/request_builder.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxAnswerBytes = 1 << 20;
constexpr Duration kTimeout = std::chrono::seconds(15);
constexpr std::size_t kMaxProbedBytes = 256;

std::optional<Json> parse_answer(const std::string& body) {
  try {
    return parse_json(body, "answer");
  } catch (const Error&) {
    return std::nullopt;
  }
}

const Json* at(const Json& answer, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  return answer.contains(place) ? &answer.at(place) : nullptr;
}

// A service's own text, kept only where it can stand in a URL or on a page.
std::string short_text(const Json* value) {
  if (value == nullptr) return {};
  if (value->is_number_integer()) return value->dump();
  if (!value->is_string()) return {};
  const auto& text = value->get_ref<const std::string&>();
  const bool has_control = std::any_of(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return text.size() > kMaxProbedBytes || has_control || !is_valid_utf8(text) ? std::string() : text;
}

bool applies(const ErrorRule& rule, int status, const Json& answer) {
  if (rule.status != 0 && rule.status != status) return false;
  if (rule.pointer.empty()) return rule.status != 0;
  const Json* value = at(answer, rule.pointer);
  if (value == nullptr || value->is_null()) return false;
  const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
  return rule.equals.empty() || std::find(rule.equals.begin(), rule.equals.end(), text) != rule.equals.end();
}

// Services that answer 200 with an error in the body say so in the toolkit's rules.
std::optional<ErrorRule::Means> meaning(const Toolkit& toolkit, int status, const Json& answer) {
  for (const ErrorRule& rule : toolkit.errors) {
    if (applies(rule, status, answer)) return rule.means;
  }
  return std::nullopt;
}

bool is_transient(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

ProbeResult judge(const Toolkit& toolkit, const HttpResponse& response, const std::string& pointer) {
  const std::string status = std::to_string(response.status);
  const auto answer = parse_answer(response.body);
  const auto means = meaning(toolkit, response.status, answer.value_or(Json()));
  if (means == ErrorRule::Means::Retry || is_transient(response.status)) return Unreachable{"HTTP " + status};
  if (means || response.status >= 400) return Refused{response.status};
  if (response.status < 200 || response.status >= 300) return Unreachable{"HTTP " + status};
  if (!answer) return Unreachable{"HTTP " + status + " without JSON"};
  return Accepted{pointer.empty() ? std::string() : short_text(at(*answer, pointer))};
}

}  // namespace

ProbeResult ServiceProbe::ask(const std::string& base_url, const RequestTemplate& request,
                              const std::string& pointer, const Credential& credential,
                              const std::map<std::string, std::string>& fields) const {
  const Json values(fields);
  HttpRequest call = build_request(base_url, request, {values, env_.clock.now(), {}});
  call.timeout = kTimeout;
  call.max_response_bytes = kMaxAnswerBytes;
  apply_(call, *blueprint_.mode, credential);
  const HttpResult result = env_.http.send(call);
  if (const auto* failure = std::get_if<HttpFailure>(&result)) return Unreachable{failure->detail};
  return judge(*blueprint_.toolkit, std::get<HttpResponse>(result), pointer);
}

ProbeResult ServiceProbe::identify(const Credential& credential,
                                   const std::map<std::string, std::string>& fields) const {
  const auto& verify = blueprint_.toolkit->verify;
  if (!verify) return Accepted{};
  return ask(blueprint_.toolkit->base_url, verify->request, verify->identity, credential, fields);
}

ProbeResult ServiceProbe::discover(const Credential& credential,
                                   std::map<std::string, std::string>& fields) const {
  const Toolkit& toolkit = *blueprint_.toolkit;
  const std::string& root = toolkit.api_root.empty() ? toolkit.base_url : toolkit.api_root;
  for (const Discovery& discovery : toolkit.discover) {
    if (fields.contains(discovery.field)) continue;
    ProbeResult found = ask(root, discovery.request, discovery.pointer, credential, fields);
    const auto* accepted = std::get_if<Accepted>(&found);
    if (accepted == nullptr) return found;
    if (accepted->value.empty()) return Unreachable{"no " + discovery.field + " in the answer"};
    fields[discovery.field] = accepted->value;
  }
  return Accepted{};
}

}  // namespace coffer
