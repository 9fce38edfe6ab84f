#include "mockprovider/login_scripts.h"

#include <utility>

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxScripts = 1'000;

constexpr std::pair<std::string_view, LoginScript::Action> kScriptActions[] = {
    {"allow", LoginScript::Action::Allow},
    {"auto", LoginScript::Action::Allow},
    {"deny", LoginScript::Action::Deny},
    {"abandon", LoginScript::Action::Abandon},
    {"slow", LoginScript::Action::Slow},
    {"wrong_state", LoginScript::Action::WrongState},
    {"issuer_mismatch", LoginScript::Action::IssuerMismatch},
    {"duplicate_callback", LoginScript::Action::DuplicateCallback},
};

bool fits(const std::string& matcher, std::string_view value) {
  return matcher.empty() || matcher == value;
}

}  // namespace

std::optional<LoginScript::Action> login_action(std::string_view name) {
  for (const auto& [known, action] : kScriptActions) {
    if (known == name) return action;
  }
  return std::nullopt;
}

std::vector<std::string> login_actions() {
  std::vector<std::string> names;
  for (const auto& known : kScriptActions) names.emplace_back(known.first);
  return names;
}

std::string_view name_of(LoginScript::Action wanted) {
  for (const auto& [name, action] : kScriptActions) {
    if (action == wanted) return name;
  }
  return "allow";
}

std::string LoginScripts::add(LoginScript script) {
  if (scripts_.size() >= kMaxScripts) throw Error(ErrorCode::TooLarge, "more than 1000 login scripts");
  script.id = "script_" + std::to_string(++counter_);
  scripts_.push_back(std::move(script));
  return scripts_.back().id;
}

std::optional<LoginScript> LoginScripts::take(std::string_view provider, std::string_view client_id,
                                              std::string_view login_hint) {
  for (auto script = scripts_.rbegin(); script != scripts_.rend(); ++script) {
    if (!fits(script->provider, provider) || !fits(script->client_id, client_id) ||
        !fits(to_lower(script->login_hint), to_lower(login_hint))) {
      continue;
    }
    LoginScript taken = *script;
    if (taken.count == 1) {
      scripts_.erase(std::next(script).base());
    } else if (taken.count > 1) {
      --script->count;
    }
    return taken;
  }
  return std::nullopt;
}

}  // namespace coffer::mock
