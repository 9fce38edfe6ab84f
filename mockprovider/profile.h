#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mockprovider/grants.h"
#include "vault/base/encoding.h"
#include "vault/model/provider.h"

namespace coffer::mock {

// A grant type of the provider's own that changes one of its access tokens for another.
struct OwnExchange {
  std::string grant_type;
  std::string token_param;
  std::optional<Duration> lifetime;  // of the new token; absent: as every access token
  Duration least_age{0};             // of the token that is presented
  bool wants_client = true;          // false: whoever has the token may ask
};

// What one provider does that others do not: its description and the `mock` part of its file
// (docs/toolkit-format.md).
struct Profile {
  enum class RefreshTokens { Always, Never, OfflineParam, OfflineScope };

  const Provider* provider = nullptr;
  TokenPolicy policy;
  RefreshTokens refresh_tokens = RefreshTokens::Always;
  bool refresh_on_first_consent_only = false;
  std::map<std::string, std::string> offline_params = {{"access_type", "offline"}};  // with OfflineParam
  bool form_unless_json_accepted = false;
  bool token_by_get = false;          // token requests may be GET, with the parameters in the query
  bool takes_json = false;            // token requests may be JSON, whatever the provider's own format
  bool needs_grant_type = true;       // false: a request with a code may leave it out
  bool needs_response_type = true;    // false: "code" is meant where there is none
  bool revoke_needs_client = true;    // false: whoever has a token may revoke it
  bool is_open_to_pages = true;       // of applications that live in a browser
  bool sends_iss = true;              // in the authorization answer (RFC 9207)
  bool password_ends_grants = false;  // a changed password ends the account's grants
  bool secret_is_basic_user = false;  // the secret stands alone, as user of the Basic header
  std::string ambiguous_client = "invalid_request";  // credentials in header and body at once
  std::string companion_param;  // asks for a second token of the same consent; empty: there is none
  std::string expiry_param;     // tokens end only where the token request has it; empty: always
  int token_status = 200;
  Duration device_interval = std::chrono::seconds(5);
  Duration device_lifetime = std::chrono::minutes(10);
  std::map<std::string, std::string> parameter_names;  // name in RFC 6749 -> the provider's own
  std::map<std::string, std::string> userinfo_claims;  // claim -> the scope that it needs
  std::vector<OwnExchange> exchanges;
  std::vector<std::string> unechoed_scopes;  // granted, and not named in the answer
  // The other scopes are granted only when the person ticks them; absent: all are.
  std::optional<std::vector<std::string>> unasked_scopes;
  std::vector<std::string> auth_methods;  // RFC 8414: token_endpoint_auth_methods_supported
  std::vector<std::string> grant_types;
  bool has_openid = true;  // the scope "openid" brings an id_token
  bool has_jwt_access_tokens = false;
  std::string userinfo_scope;  // without it userinfo is refused; empty: any token will do
  std::string consent_text;    // template over client and account; empty: none
  // Into the provider's own `mock` value; null: absent.
  const nlohmann::json* token_answer = nullptr;
  const nlohmann::json* refresh_answer = nullptr;
  const nlohmann::json* errors = nullptr;
  const nlohmann::json* userinfo = nullptr;

  const std::string& id() const { return provider->id; }
  bool offers(std::string_view grant_type) const;
  const OwnExchange* find_exchange(std::string_view grant_type) const;  // null: none of its own
  bool is_refresh(std::string_view grant_type) const;
  // Refreshes have an address of their own and are not taken at the token endpoint.
  bool has_refresh_endpoint() const;
  std::string name_of(const std::string& parameter) const;  // what the provider calls it
  Fields with_rfc_names(Fields parameters) const;
  // What a member of a token answer is called there, the provider's own name first.
  std::vector<std::string> answer_names(const std::string& member) const;
};

// The provider has to outlive the profile. Throws InvalidArgument that names provider and member.
Profile read_profile(const Provider& provider);

using Profiles = std::map<std::string, Profile, std::less<>>;  // by provider id

// A `scope` parameter, split at spaces and at the provider's own separator.
std::vector<std::string> split_scopes(const Profile& profile, std::string_view scope);

}  // namespace coffer::mock
