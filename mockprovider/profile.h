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
  std::string consent_text;  // template over client and account; empty: none
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
