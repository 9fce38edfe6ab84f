#include "mockprovider/profile.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/grant_types.h"
#include "mockprovider/members.h"
#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

Profile::RefreshTokens read_refresh_tokens(const Members& mock) {
  const std::string name = mock.text("refresh_token", "always");
  if (name == "always") return Profile::RefreshTokens::Always;
  if (name == "never") return Profile::RefreshTokens::Never;
  if (name == "offline_param") return Profile::RefreshTokens::OfflineParam;
  if (name == "offline_scope") return Profile::RefreshTokens::OfflineScope;
  mock.fail("refresh_token", "is not always, never, offline_param or offline_scope");
}

Rotation read_rotation(const Members& mock) {
  const std::string name = mock.text("rotation", "strict");
  if (name == "none") return Rotation::Keep;
  if (name == "strict") return Rotation::Strict;
  mock.fail("rotation", "is not none or strict");
}

void read_prefixes(const Members& mock, TokenPolicy& policy) {
  const Json* prefixes = mock.find("prefixes");
  if (!prefixes) return;
  const Members members(*prefixes, "prefixes");
  policy.access_prefix = members.text("access_token", policy.access_prefix);
  policy.refresh_prefix = members.text("refresh_token", policy.refresh_prefix);
  policy.code_prefix = members.text("code", policy.code_prefix);
}

TokenPolicy read_policy(const Members& mock) {
  TokenPolicy policy;
  policy.access_lifetime = mock.seconds("access_token_lifetime_s");
  policy.refresh_lifetime = mock.seconds("refresh_token_lifetime_s");
  policy.refresh_idle = mock.seconds("refresh_idle_s");
  policy.rotation = read_rotation(mock);
  policy.reuse_window = mock.seconds("reuse_window_s").value_or(Duration(0));
  policy.refresh_ends_old_access = mock.flag("refresh_revokes_access");
  read_prefixes(mock, policy);
  return policy;
}

std::vector<std::string> default_auth_methods(const Provider& provider) {
  if (provider.token_auth == Provider::TokenAuth::Basic) return {"client_secret_basic", "none"};
  return {"client_secret_basic", "client_secret_post", "none"};
}

// Those that are known, or those of them that the file names.
std::vector<std::string> read_choice(const Members& mock, const char* name, std::vector<std::string> known) {
  if (!mock.find(name)) return known;
  const std::vector<std::string> chosen = mock.texts(name);
  for (const auto& one : chosen) {
    if (std::find(known.begin(), known.end(), one) == known.end()) mock.fail(name, "knows no " + one);
  }
  return chosen;
}

std::vector<std::string> known_grant_types() {
  std::vector<std::string> names;
  for (const auto& type : kGrantTypes) names.emplace_back(type.name);
  return names;
}

}  // namespace

Profile read_profile(const Provider& provider) {
  Profile profile;
  profile.provider = &provider;
  profile.auth_methods = default_auth_methods(provider);
  profile.grant_types = known_grant_types();
  if (!provider.mock || provider.mock->is_null()) return profile;
  const Members mock(*provider.mock, "provider " + provider.id + ", mock");
  profile.policy = read_policy(mock);
  profile.refresh_tokens = read_refresh_tokens(mock);
  profile.refresh_on_first_consent_only = mock.flag("refresh_on_first_consent_only");
  profile.form_unless_json_accepted = mock.flag("form_unless_json_accepted");
  if (mock.find("auth_methods")) {
    profile.auth_methods =
        read_choice(mock, "auth_methods", {"client_secret_basic", "client_secret_post", "none"});
  }
  profile.grant_types = read_choice(mock, "grant_types", profile.grant_types);
  profile.has_openid = !mock.find("openid") || mock.flag("openid");
  profile.has_jwt_access_tokens = mock.flag("jwt_access_tokens");
  profile.userinfo_scope = mock.text("userinfo_scope", "");
  profile.consent_text = mock.text("consent", "");
  profile.token_answer = mock.find("token_answer");
  profile.refresh_answer = mock.find("refresh_answer");
  profile.errors = mock.find("errors");
  profile.userinfo = mock.find("userinfo");
  return profile;
}

std::vector<std::string> split_scopes(const Profile& profile, std::string_view scope) {
  std::string text(scope);
  const std::string& separator = profile.provider->scope_separator;
  if (separator.size() == 1) std::replace(text.begin(), text.end(), separator.front(), ' ');
  return split(text, ' ');
}

}  // namespace coffer::mock
