#include "vault/api/v3/credential_input.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::api::v3 {
namespace {

constexpr double kLongestLifetimeSeconds = 10.0 * 365 * 86400;

// The first of these keys that holds something.
Secret take_first(ObjectReader& values, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    Secret secret = values.secret(key);
    if (!secret.empty()) return secret;
  }
  return {};
}

// What the toolkit itself calls its secret, before the general names.
std::vector<std::string> secret_names(const AuthMode& mode, std::vector<std::string> general) {
  std::vector<std::string> names;
  for (const ConnectionField& field : mode.fields) {
    if (field.is_secret) names.push_back(field.name);
  }
  names.insert(names.end(), general.begin(), general.end());
  return names;
}

std::optional<double> seconds_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double seconds = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return seconds;
}

std::optional<Timestamp> expiry_of(const ObjectReader& values, Timestamp now) {
  if (!values.has("expires_in")) return std::nullopt;
  const auto seconds = seconds_of(values.value("expires_in"));
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0 || *seconds > kLongestLifetimeSeconds) {
    values.fail("expires_in", "is not a number of seconds");
  }
  return now + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
}

std::vector<std::string> scopes_of(const ObjectReader& values) {
  std::vector<std::string> scopes;
  for (const std::string& part : values.texts("scope")) {
    for (std::string& scope : split(part, ' ')) scopes.push_back(std::move(scope));
  }
  return scopes;
}

std::optional<Credential> take_token_set(ObjectReader& values, Timestamp now) {
  TokenSet tokens;
  tokens.access_token = values.secret("access_token");
  tokens.refresh_token = values.secret("refresh_token");
  if (tokens.access_token.empty()) {
    if (!tokens.refresh_token.empty()) values.fail("access_token", "is missing");
    return std::nullopt;
  }
  if (const std::string type = values.text("token_type"); !type.empty()) tokens.token_type = type;
  tokens.expires_at = expiry_of(values, now);
  tokens.scopes = scopes_of(values);
  return tokens;
}

std::optional<Credential> take_basic(ObjectReader& values) {
  BasicCredential basic;
  basic.username = values.text("username");
  basic.password = values.secret("password");
  if (basic.username.empty() && basic.password.empty()) return std::nullopt;
  if (basic.username.empty()) values.fail("username", "is missing");
  return basic;
}

}  // namespace

std::optional<Credential> take_credential(ObjectReader values, const AuthMode& mode, Timestamp now) {
  switch (mode.scheme) {
    case AuthScheme::OAuth2:
      return take_token_set(values, now);
    case AuthScheme::Basic:
      return take_basic(values);
    case AuthScheme::NoAuth:
      return Credential(std::monostate{});
    case AuthScheme::ApiKey: {
      Secret key = take_first(values, secret_names(mode, {"generic_api_key", "api_key"}));
      if (key.empty()) return std::nullopt;
      return ApiKeyCredential{std::move(key)};
    }
    case AuthScheme::BearerToken: {
      Secret token = take_first(values, secret_names(mode, {"token", "bearer_token", "generic_token"}));
      if (token.empty()) return std::nullopt;
      return BearerCredential{std::move(token)};
    }
  }
  return std::nullopt;
}

std::map<std::string, std::string> take_fields(const ObjectReader& values, const AuthMode& mode) {
  // The user name is part of the credential, though no secret.
  const bool has_username = mode.scheme == AuthScheme::Basic;
  std::map<std::string, std::string> fields;
  for (const ConnectionField& field : mode.fields) {
    if (field.is_secret || (has_username && field.name == "username")) continue;
    if (auto value = values.optional_text(field.name)) fields[field.name] = std::move(*value);
  }
  return fields;
}

}  // namespace coffer::api::v3
