#include "mockprovider/login_scripts.h"

#include "vault/base/error.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxScripts = 1'000;

bool fits(const std::string& matcher, std::string_view value) {
  return matcher.empty() || matcher == value;
}

}  // namespace

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
        !fits(script->login_hint, login_hint)) {
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
