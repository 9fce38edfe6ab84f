#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mockprovider/grants.h"
#include "vault/model/provider.h"

namespace coffer::mock {

// What one provider does that others do not: its description and the `mock` part of its file
// (docs/toolkit-format.md).
struct Profile {
  enum class RefreshTokens { Always, Never, OfflineParam, OfflineScope };

  const Provider* provider = nullptr;
  TokenPolicy policy;
  RefreshTokens refresh_tokens = RefreshTokens::Always;
  bool refresh_on_first_consent_only = false;
  bool form_unless_json_accepted = false;
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
};

// The provider has to outlive the profile. Throws InvalidArgument that names provider and member.
Profile read_profile(const Provider& provider);

using Profiles = std::map<std::string, Profile, std::less<>>;  // by provider id

// A `scope` parameter, split at spaces and at the provider's own separator.
std::vector<std::string> split_scopes(const Profile& profile, std::string_view scope);

}  // namespace coffer::mock
