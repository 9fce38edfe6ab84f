#include "mockprovider/profile.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/client_metadata.h"
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
  if (name == "additive") return Rotation::Additive;
  mock.fail("rotation", "is not none, strict or additive");
}

Reuse read_reuse(const Members& mock) {
  const std::string name = mock.text("reuse", "another_pair");
  if (name == "another_pair") return Reuse::AnotherPair;
  if (name == "same_successor") return Reuse::SameSuccessor;
  mock.fail("reuse", "is not another_pair or same_successor");
}

// Absent: true.
bool unless_denied(const Members& mock, const char* name) {
  return !mock.find(name) || mock.flag(name);
}

std::map<std::string, std::string> read_map(const Members& mock, const char* name,
                                            std::map<std::string, std::string> fallback = {}) {
  const Json* object = mock.find(name);
  if (!object) return fallback;
  const Members members(*object, name);
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : object->items()) texts[key] = members.text(key);
  return texts;
}

std::vector<OwnExchange> read_exchanges(const Members& mock) {
  const Json* list = mock.find("exchanges");
  if (!list) return {};
  if (!list->is_array()) mock.fail("exchanges", "is not a list");
  std::vector<OwnExchange> exchanges;
  for (const auto& one : *list) {
    const Members members(one, "exchange");
    members.allow_only({"grant_type", "token_param", "lifetime_s", "least_age_s", "client"});
    exchanges.push_back({members.text("grant_type"), members.text("token_param"),
                         members.seconds("lifetime_s"), members.seconds("least_age_s").value_or(Duration(0)),
                         unless_denied(members, "client")});
  }
  return exchanges;
}

void read_prefixes(const Members& mock, TokenPolicy& policy) {
  const Json* prefixes = mock.find("prefixes");
  if (!prefixes) return;
  const Members members(*prefixes, "prefixes");
  policy.access_prefix = members.text("access_token", policy.access_prefix);
  policy.refresh_prefix = members.text("refresh_token", policy.refresh_prefix);
  policy.code_prefix = members.text("code", policy.code_prefix);
}

void read_companion(const Members& mock, Profile& profile) {
  const Json* companion = mock.find("companion");
  if (!companion) return;
  const Members members(*companion, "companion");
  members.allow_only({"scope_param", "access_token", "refresh_token"});
  profile.companion_param = members.text("scope_param");
  profile.policy.companion_access_prefix = members.text("access_token", profile.policy.access_prefix);
  profile.policy.companion_refresh_prefix = members.text("refresh_token", profile.policy.refresh_prefix);
}

void read_refresh_limit(const Members& mock, TokenPolicy& policy) {
  const Json* limit = mock.find("refresh_limit");
  if (!limit) return;
  const Members members(*limit, "refresh_limit");
  members.allow_only({"count", "window_s"});
  policy.refresh_limit = static_cast<std::size_t>(members.number("count", 1, 1, 100'000));
  policy.refresh_limit_window = members.seconds("window_s").value_or(std::chrono::minutes(1));
}

TokenPolicy read_policy(const Members& mock) {
  TokenPolicy policy;
  policy.access_lifetime = mock.seconds("access_token_lifetime_s");
  policy.refresh_lifetime = mock.seconds("refresh_token_lifetime_s");
  policy.refresh_absolute = mock.seconds("refresh_absolute_s");
  policy.refresh_idle = mock.seconds("refresh_idle_s");
  policy.refresh_opens = mock.seconds("refresh_opens_s");
  policy.rotation = read_rotation(mock);
  policy.reuse_window = mock.seconds("reuse_window_s").value_or(Duration(0));
  policy.reuse = read_reuse(mock);
  policy.reuse_ends_family = unless_denied(mock, "reuse_revokes");
  policy.max_families = static_cast<std::size_t>(mock.number("most_grants", 0, 0, 100'000));
  policy.max_access_tokens = static_cast<std::size_t>(mock.number("most_access_tokens", 0, 0, 100'000));
  read_refresh_limit(mock, policy);
  policy.refresh_ends_old_access = mock.flag("refresh_revokes_access");
  read_prefixes(mock, policy);
  return policy;
}

std::vector<std::string> default_auth_methods(const Provider& provider) {
  if (provider.token_auth != Provider::TokenAuth::Body) return {"client_secret_basic", "none"};
  return kAuthMethods;
}

// Those that are known, or those of them that the file names.
std::vector<std::string> read_choice(const Members& mock, const char* name, std::vector<std::string> known) {
  if (!mock.find(name)) return known;
  std::vector<std::string> chosen = mock.texts(name);
  for (const auto& one : chosen) {
    if (std::find(known.begin(), known.end(), one) == known.end()) mock.fail(name, "knows no " + one);
  }
  return chosen;
}

std::vector<std::string> known_grant_types() {
  std::vector<std::string> names;
  names.reserve(std::size(kGrantTypes));
  for (const auto& type : kGrantTypes) names.emplace_back(type.name);
  return names;
}

void read_manners(const Members& mock, Profile& profile) {
  profile.offline_params = read_map(mock, "offline_params", profile.offline_params);
  profile.token_by_get = mock.flag("token_by_get");
  profile.takes_json = mock.flag("json_body");
  profile.needs_grant_type = !mock.flag("grant_type_optional");
  profile.needs_response_type = !mock.flag("response_type_optional");
  profile.revoke_needs_client = unless_denied(mock, "revoke_needs_client");
  profile.is_open_to_pages = unless_denied(mock, "cross_origin");
  profile.sends_iss = unless_denied(mock, "iss");
  profile.password_ends_grants = mock.flag("password_revokes");
  profile.secret_is_basic_user = mock.flag("secret_as_basic_user");
  profile.ambiguous_client = mock.text("ambiguous_client", profile.ambiguous_client);
  profile.expiry_param = mock.text("expiry_param");
  profile.token_status = mock.number("token_status", 200, 200, 299);
  profile.device_interval = mock.seconds("device_interval_s").value_or(profile.device_interval);
  profile.device_lifetime = mock.seconds("device_lifetime_s").value_or(profile.device_lifetime);
  profile.parameter_names = read_map(mock, "parameter_names");
  profile.userinfo_claims = read_map(mock, "userinfo_claims");
  profile.exchanges = read_exchanges(mock);
  profile.unechoed_scopes = mock.texts("unechoed_scopes");
  if (mock.find("unasked_scopes")) profile.unasked_scopes = mock.texts("unasked_scopes");
}

// An unknown member would be a deviation that never shows.
void check_members(const Members& mock) {
  mock.allow_only({"access_token_lifetime_s",
                   "refresh_token",
                   "offline_params",
                   "refresh_on_first_consent_only",
                   "refresh_token_lifetime_s",
                   "refresh_absolute_s",
                   "refresh_idle_s",
                   "refresh_opens_s",
                   "rotation",
                   "reuse_window_s",
                   "reuse",
                   "reuse_revokes",
                   "refresh_revokes_access",
                   "refresh_limit",
                   "most_grants",
                   "most_access_tokens",
                   "password_revokes",
                   "companion",
                   "consent",
                   "cross_origin",
                   "prefixes",
                   "token_answer",
                   "refresh_answer",
                   "token_status",
                   "token_by_get",
                   "json_body",
                   "grant_type_optional",
                   "response_type_optional",
                   "revoke_needs_client",
                   "expiry_param",
                   "unechoed_scopes",
                   "unasked_scopes",
                   "form_unless_json_accepted",
                   "errors",
                   "userinfo",
                   "userinfo_scope",
                   "userinfo_claims",
                   "auth_methods",
                   "ambiguous_client",
                   "secret_as_basic_user",
                   "parameter_names",
                   "grant_types",
                   "exchanges",
                   "device_interval_s",
                   "device_lifetime_s",
                   "openid",
                   "iss",
                   "jwt_access_tokens"});
}

}  // namespace

bool Profile::offers(std::string_view grant_type) const {
  return std::find(grant_types.begin(), grant_types.end(), grant_type) != grant_types.end();
}

const OwnExchange* Profile::find_exchange(std::string_view grant_type) const {
  const auto found = std::find_if(exchanges.begin(), exchanges.end(), [&](const OwnExchange& exchange) {
    return exchange.grant_type == grant_type;
  });
  return found == exchanges.end() ? nullptr : &*found;
}

bool Profile::is_refresh(std::string_view grant_type) const {
  return grant_type == "refresh_token" || (provider->renewal && provider->renewal->grant_type == grant_type);
}

bool Profile::has_refresh_endpoint() const {
  return provider->refresh_place() != provider->token_url;
}

std::string Profile::name_of(const std::string& parameter) const {
  const auto own = parameter_names.find(parameter);
  return own == parameter_names.end() ? parameter : own->second;
}

Fields Profile::with_rfc_names(Fields parameters) const {
  for (const auto& [rfc_name, own_name] : parameter_names) {
    for (auto& [name, value] : parameters) {
      if (name == own_name) name = rfc_name;
    }
  }
  return parameters;
}

std::vector<std::string> Profile::answer_names(const std::string& member) const {
  std::vector<std::string> names;
  const auto add_own = [&](const std::string& field) {
    const auto place = provider->token_response.find(field);
    if (place != provider->token_response.end())
      names.push_back(place->second.substr(place->second.rfind('/') + 1));
  };
  add_own(member);
  if (member == "expires_in") add_own("expires_at");  // the end in place of the lifetime
  names.push_back(member);
  return names;
}

Profile read_profile(const Provider& provider) {
  Profile profile;
  profile.provider = &provider;
  profile.auth_methods = default_auth_methods(provider);
  profile.grant_types = known_grant_types();
  if (!provider.mock || provider.mock->is_null()) return profile;
  const Members mock(*provider.mock, "provider " + provider.id + ", mock");
  check_members(mock);
  profile.policy = read_policy(mock);
  profile.refresh_tokens = read_refresh_tokens(mock);
  profile.refresh_on_first_consent_only = mock.flag("refresh_on_first_consent_only");
  profile.form_unless_json_accepted = mock.flag("form_unless_json_accepted");
  if (mock.find("auth_methods")) {
    profile.auth_methods = read_choice(mock, "auth_methods", kAuthMethods);
  }
  profile.grant_types = read_choice(mock, "grant_types", profile.grant_types);
  profile.has_openid = unless_denied(mock, "openid");
  read_manners(mock, profile);
  read_companion(mock, profile);
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
