#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"

namespace coffer {

// A grant type of the provider's own, asked by GET, that gives another access token for one that is
// still alive.
struct AccessTokenSwap {
  std::string url;
  std::string grant_type;
  std::string token_param;   // what the access token is called in the request
  bool sends_client = true;  // the client's id and secret go with it
};

// How one OAuth provider behaves, from fixtures/providers/<id>.json. Endpoints are absolute and
// already point at the mock provider when the catalog was loaded for it.
struct Provider {
  enum class Pkce { Required, Optional, Off };
  enum class TokenAuth { Body, Basic, BasicSecret };  // the last: the secret alone is the Basic user
  enum class BodyFormat { Form, Json };
  // What a second presentation of a refresh token does when the first answer was lost.
  enum class Rotation { None, Grace, Strict, Unknown };

  std::string id;
  std::string name;
  std::string issuer;            // RFC 8414; empty: none
  bool iss_in_response = false;  // RFC 9207: the callback must carry iss
  std::string authorization_url;
  std::string token_url;
  std::string refresh_url;       // empty: token_url
  std::string revoke_url;        // empty: no revocation
  std::string registration_url;  // RFC 7591; empty: clients are made by hand
  Pkce pkce = Pkce::Required;
  TokenAuth token_auth = TokenAuth::Body;
  BodyFormat body_format = BodyFormat::Form;
  std::string scope_param = "scope";  // in the authorization request; Slack: user_scope
  std::string scope_separator = " ";
  std::map<std::string, std::string> authorize_params;
  std::map<std::string, std::string> token_params;
  std::map<std::string, std::string> refresh_params;
  std::optional<AccessTokenSwap> swap_after_code;  // the token of a code is changed for this one at once
  std::optional<AccessTokenSwap> renewal;  // there is no refresh token: the access token renews itself
  std::optional<Duration> refresh_lead;    // refused earlier before the end than this; absent: never
  Rotation rotation = Rotation::Unknown;
  Duration rotation_grace{0};                // with Rotation::Grace
  std::optional<Duration> default_lifetime;  // when the answer names none; absent: no expiry
  // JSON pointers into the token answer by field name: access_token, refresh_token, expires_in,
  // scope, token_type. Missing ones are the RFC 6749 names at the top.
  std::map<std::string, std::string> token_response;
  // Provider's error text -> RFC 6749 error, e.g. bad_refresh_token -> invalid_grant.
  std::map<std::string, std::string> error_aliases;
  // Path prefix at the mock provider, e.g. "/mock/google"; endpoints there are fixed below it.
  std::string mock_path;
  std::shared_ptr<const nlohmann::json> mock;  // its mock personality, read by the mock alone

  // Where a refresh goes.
  const std::string& refresh_place() const {
    if (renewal) return renewal->url;
    return refresh_url.empty() ? token_url : refresh_url;
  }
};

}  // namespace coffer
