#include "vault/tools/tool_run.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <system_error>

#include "vault/base/json.h"
#include "vault/catalog/answer_rules.h"
#include "vault/catalog/request_builder.h"
#include "vault/tools/account_use.h"
#include "vault/tools/request_auth.h"

namespace coffer {
namespace {

using Kind = ServiceAnswer::Kind;

constexpr Duration kTimeout = std::chrono::seconds(30);
constexpr Duration kEachTimeout = std::chrono::seconds(15);
constexpr std::size_t kParallel = 4;

Json values_for(const Toolkit& toolkit, Json arguments, const std::map<std::string, std::string>& fields) {
  for (const auto& mode : toolkit.auth) {
    for (const auto& field : mode.fields) arguments.erase(field.name);
  }
  for (const auto& discovery : toolkit.discover) arguments.erase(discovery.field);
  for (const auto& [name, value] : fields) arguments[name] = value;
  return arguments;
}

// Calls work(0) to work(count - 1), a few at a time, the caller's thread among them.
void run_bounded(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto drain = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::future<void>> helpers;
  try {
    while (helpers.size() + 1 < std::min(count, kParallel))
      helpers.push_back(std::async(std::launch::async, drain));
  } catch (const std::system_error&) {
    // No more threads to be had: those that run do it all.
  }
  drain();
  for (auto& helper : helpers) helper.get();
}

}  // namespace

ToolRun::ToolRun(Env env, const Toolkit& toolkit, const Tool& tool, Json arguments,
                 const Connection& connection)
    : ToolRun(env, toolkit, tool, std::move(arguments), mode_of(toolkit, connection), connection.fields) {}

ToolRun::ToolRun(Env env, const Toolkit& toolkit, const Tool& tool, Json arguments, const AuthMode& mode,
                 const std::map<std::string, std::string>& fields)
    : env_(env),
      toolkit_(toolkit),
      tool_(tool),
      mode_(mode),
      values_(values_for(toolkit, std::move(arguments), fields)) {}

ServiceAnswer ToolRun::send(const Credential& credential) const {
  ServiceAnswer answer = ask(tool_.request, values_, credential, kTimeout);
  if (answer.kind != Kind::Success || !wants_each()) return answer;
  return fetch_each(std::move(answer), credential);
}

ServiceAnswer ToolRun::ask(const RequestTemplate& source, const Json& values, const Credential& credential,
                           Duration timeout) const {
  HttpRequest request = build_request(toolkit_.base_url, source, {values, env_.clock.now(), nullptr});
  apply_credential(request, mode_, credential);
  request.timeout = timeout;
  request.once = request.method != "GET";
  return read_answer(env_.http.send(request), toolkit_, tool_, env_.clock.now());
}

bool ToolRun::wants_each() const {
  return tool_.each && (tool_.each->unless.empty() || values_.value(tool_.each->unless, Json(false)) != true);
}

ServiceAnswer ToolRun::fetch_each(ServiceAnswer answer, const Credential& credential) const {
  const Json::json_pointer place(tool_.each->items);
  if (!answer.body.contains(place) || !answer.body.at(place).is_array()) return answer;
  Json& elements = answer.body.at(place);
  const std::size_t count = std::min(elements.size(), static_cast<std::size_t>(tool_.each->limit));
  std::vector<ServiceAnswer> fetched(count);
  run_bounded(count, [&](std::size_t i) { fetched[i] = fetch_one(elements[i], credential); });
  for (std::size_t i = 0; i < count; ++i) {
    if (fetched[i].kind == Kind::Credential) return std::move(fetched[i]);
    if (fetched[i].kind == Kind::Success) {
      elements[i] = std::move(fetched[i].body);
    } else if (elements[i].is_object()) {
      elements[i]["error"] = fetched[i].problem;
    }
  }
  return answer;
}

ServiceAnswer ToolRun::fetch_one(const Json& element, const Credential& credential) const {
  Json values = values_;
  values[tool_.each->as] = element;
  return ask(tool_.each->request, values, credential, kEachTimeout);
}

}  // namespace coffer
