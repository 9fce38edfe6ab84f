#include "vault/api/v3/credential_input.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/connect/credentials.h"
#include "vault/model/credential_fields.h"

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

std::optional<Credential> take_token_set(ObjectReader& values, AuthScheme scheme, Timestamp now) {
  TokenSet tokens;
  tokens.access_token = values.secret("access_token");
  tokens.refresh_token = values.secret("refresh_token");
  tokens.is_client_grant = scheme == AuthScheme::S2sOAuth2 && tokens.refresh_token.empty();
  if (scheme != AuthScheme::OAuth2) {
    tokens.client.client_id = values.text("client_id");
    tokens.client.client_secret = values.secret("client_secret");
  }
  if (tokens.access_token.empty() && !tokens.is_client_grant) {
    if (!tokens.refresh_token.empty()) values.fail("access_token", "is missing");
    return std::nullopt;
  }
  if (const std::string type = values.text("token_type"); !type.empty()) tokens.token_type = type;
  tokens.expires_at = expiry_of(values, now);
  tokens.scopes = scopes_of(values);
  return tokens;
}

// RFC 7617 section 2: the first colon ends the user name.
void take_basic_pair(ObjectReader& values, BasicCredential& basic) {
  const Secret encoded = values.secret("basic_encoded");
  if (encoded.empty()) return;
  auto pair = from_base64(encoded.expose());
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) values.fail("basic_encoded", "is not base64 of \"username:password\"");
  basic.username = pair->substr(0, colon);
  basic.password = Secret(std::string_view(*pair).substr(colon + 1));
  wipe(*pair);
}

void change_basic(ObjectReader& values, BasicCredential& basic) {
  take_basic_pair(values, basic);
  if (values.mentions("username")) basic.username = values.text("username");
  if (values.mentions("password")) basic.password = values.secret("password");
}

std::optional<Credential> take_basic(ObjectReader& values) {
  BasicCredential basic;
  change_basic(values, basic);
  if (basic.username.empty() && basic.password.empty()) return std::nullopt;
  return basic;
}

void change_parts(ObjectReader& values, const AuthMode& mode, FieldsCredential& credential) {
  for (const ConnectionField& part : credential_parts(mode)) {
    if (!values.mentions(part.name)) continue;
    Secret value = values.secret(part.name);
    if (value.empty()) {
      credential.names.erase(part.name);
      credential.secrets.erase(part.name);
    } else {
      put_part(credential, part, std::move(value));
    }
  }
}

bool is_empty(const FieldsCredential& credential) {
  return credential.names.empty() && credential.secrets.empty();
}

std::optional<Credential> take_parts(ObjectReader& values, const AuthMode& mode) {
  FieldsCredential credential;
  change_parts(values, mode, credential);
  if (is_empty(credential)) return std::nullopt;
  return credential;
}

const std::vector<std::string> kKeyNames = {"generic_api_key", "api_key"};
const std::vector<std::string> kTokenNames = {"token", "bearer_token", "generic_token"};

// Silence would look like success: what nobody takes must not be accepted.
void check_known_keys(const ObjectReader& values, const AuthMode& mode) {
  std::vector<std::string> known = {"status"};
  const CredentialKind kind = credential_kind(mode.scheme);
  if (kind == CredentialKind::ApiKey) known = secret_names(mode, kKeyNames);
  if (kind == CredentialKind::Bearer) known = secret_names(mode, kTokenNames);
  if (kind == CredentialKind::Basic) known.emplace_back("basic_encoded");
  for (const ConnectionField& part : credential_parts(mode)) known.push_back(part.name);
  for (const std::string& key : values.keys()) {
    if (key == "status" || std::find(known.begin(), known.end(), key) != known.end()) continue;
    values.fail(key, "is no part of a credential of scheme " + std::string(to_string(mode.scheme)),
                "use " + join(known, ", "));
  }
}

}  // namespace

std::optional<Credential> take_credential(ObjectReader values, const AuthMode& mode, Timestamp now) {
  switch (credential_kind(mode.scheme)) {
    case CredentialKind::Tokens:
      return take_token_set(values, mode.scheme, now);
    case CredentialKind::Basic:
      return take_basic(values);
    case CredentialKind::None:
      return Credential(std::monostate{});
    case CredentialKind::ApiKey: {
      Secret key = take_first(values, secret_names(mode, kKeyNames));
      if (key.empty()) return std::nullopt;
      return ApiKeyCredential{std::move(key)};
    }
    case CredentialKind::Bearer: {
      Secret token = take_first(values, secret_names(mode, kTokenNames));
      if (token.empty()) return std::nullopt;
      return BearerCredential{std::move(token)};
    }
    case CredentialKind::Fields:
      return take_parts(values, mode);
  }
  return std::nullopt;
}

Credential changed_credential(ObjectReader values, const AuthMode& mode, Credential known, Timestamp now) {
  check_known_keys(values, mode);
  if (auto* basic = std::get_if<BasicCredential>(&known)) {
    change_basic(values, *basic);
    require_parts(mode, known);
    return known;
  }
  if (auto* fields = std::get_if<FieldsCredential>(&known)) {
    change_parts(values, mode, *fields);
    require_parts(mode, known);
    return known;
  }
  auto fresh = take_credential(values, mode, now);
  if (!fresh) {
    throw Error(ErrorCode::InvalidArgument, "\"connection.state.val\" holds no credential",
                "name the parts that are to be replaced");
  }
  require_parts(mode, *fresh);
  return std::move(*fresh);
}

void refuse_secrets(const ObjectReader& values, const AuthMode& mode) {
  std::vector<std::string> names = {"access_token",  "refresh_token", "id_token",
                                    "client_secret", "basic_encoded", "password"};
  names.insert(names.end(), kKeyNames.begin(), kKeyNames.end());
  names.insert(names.end(), kTokenNames.begin(), kTokenNames.end());
  for (const ConnectionField& field : credential_parts(mode)) {
    if (field.is_secret) names.push_back(field.name);
  }
  for (const std::string& name : names) {
    if (!values.has(name)) continue;
    values.fail(name, "is a credential, which a link does not take",
                "import it with POST /api/v3/connected_accounts");
  }
}

std::map<std::string, std::string> take_fields(const ObjectReader& values, const AuthMode& mode) {
  // A user name is part of the credential, though no secret.
  std::map<std::string, std::string> fields;
  for (const ConnectionField& field : mode.fields) {
    if (field.is_secret || find_credential_field(mode.scheme, field.name) != nullptr) continue;
    if (auto value = values.optional_text(field.name)) fields[field.name] = std::move(*value);
  }
  return fields;
}

}  // namespace coffer::api::v3
