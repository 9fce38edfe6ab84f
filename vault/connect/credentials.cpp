#include "vault/connect/credentials.h"

#include <algorithm>
#include <regex>

#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxValueBytes = 4096;
// std::regex recurses once per character.
constexpr std::size_t kMaxMatchedBytes = 1024;
constexpr std::string_view kBlanks = " \t\r\n";

ConnectionField usual_field(std::string name, std::string display_name, bool is_secret) {
  ConnectionField field;
  field.name = std::move(name);
  field.display_name = std::move(display_name);
  field.is_secret = is_secret;
  return field;
}

std::vector<ConnectionField> usual_fields(AuthScheme scheme) {
  switch (scheme) {
    case AuthScheme::ApiKey:
      return {usual_field("generic_api_key", "API key", true)};
    case AuthScheme::BearerToken:
      return {usual_field("token", "Token", true)};
    case AuthScheme::Basic:
      return {usual_field("username", "User name", false), usual_field("password", "Password", true)};
    case AuthScheme::OAuth2:
    case AuthScheme::NoAuth:
      return {};
  }
  return {};
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool fits_pattern(const std::string& pattern, std::string_view value) {
  return std::regex_match(value.begin(), value.end(), std::regex(pattern, std::regex::ECMAScript));
}

// Empty: nothing is wrong.
std::string problem_of(const ConnectionField& field, std::string_view value) {
  if (value.empty()) return field.is_required ? "This is needed." : "";
  if (value.size() > kMaxValueBytes) return "This is longer than 4096 bytes.";
  if (!is_valid_utf8(value) || has_control(value)) return "This holds characters that cannot be sent.";
  if (field.pattern.empty()) return "";
  if (value.size() > kMaxMatchedBytes || !fits_pattern(field.pattern, value)) {
    return field.example.empty()
               ? "This does not have the expected form."
               : "This does not have the expected form, which is like " + field.example + ".";
  }
  return "";
}

void require_no_problem(const ConnectionField& field, std::string_view value) {
  const std::string problem = problem_of(field, value);
  if (!problem.empty())
    throw Error(ErrorCode::InvalidArgument, "field " + in_quotes(field.name) + " is wrong", problem);
}

bool is_credential_part(const AuthMode& mode, const ConnectionField& field) {
  return field.is_secret || (mode.scheme == AuthScheme::Basic && field.name == "username");
}

void check_part(std::string_view name, std::string_view value, bool may_be_empty) {
  if (value.empty() && !may_be_empty) {
    throw Error(ErrorCode::InvalidArgument, "the credential's " + std::string(name) + " is empty");
  }
  if (value.size() > 16 * kMaxValueBytes || has_control(value)) {
    throw Error(ErrorCode::InvalidArgument,
                "the credential's " + std::string(name) + " cannot be sent in a header");
  }
}

struct CheckParts {
  void operator()(const std::monostate&) const {}
  void operator()(const TokenSet& c) const {
    check_part("access token", c.access_token.expose(), false);
    check_part("refresh token", c.refresh_token.expose(), true);
  }
  void operator()(const ApiKeyCredential& c) const { check_part("key", c.key.expose(), false); }
  void operator()(const BearerCredential& c) const { check_part("token", c.token.expose(), false); }
  void operator()(const BasicCredential& c) const {
    check_part("user name", c.username, false);
    check_part("password", c.password.expose(), true);  // some services take a key as the user name
  }
};

std::size_t index_of(AuthScheme scheme) {
  switch (scheme) {
    case AuthScheme::NoAuth:
      return 0;
    case AuthScheme::OAuth2:
      return 1;
    case AuthScheme::ApiKey:
      return 2;
    case AuthScheme::BearerToken:
      return 3;
    case AuthScheme::Basic:
      return 4;
  }
  return 0;
}

}  // namespace

std::vector<ConnectionField> asked_fields(const AuthMode& mode) {
  std::vector<ConnectionField> fields = mode.fields;
  if (mode.scheme == AuthScheme::OAuth2 || mode.scheme == AuthScheme::NoAuth) {
    std::erase_if(fields, [](const ConnectionField& field) { return field.is_secret; });
    return fields;
  }
  if (std::none_of(fields.begin(), fields.end(), [](const auto& field) { return field.is_secret; })) {
    for (ConnectionField& field : usual_fields(mode.scheme)) {
      std::erase_if(fields, [&](const ConnectionField& own) { return own.name == field.name; });
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

std::string_view entered(const Fields& form, std::string_view field) {
  std::string_view value = find_field(form, field).value_or("");
  const std::size_t first = value.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return value.substr(first, value.find_last_not_of(kBlanks) - first + 1);
}

std::vector<FieldProblem> check_form(const std::vector<ConnectionField>& fields, const Fields& form) {
  std::vector<FieldProblem> problems;
  for (const ConnectionField& field : fields) {
    std::string problem = problem_of(field, entered(form, field.name));
    if (!problem.empty()) problems.push_back({field.name, std::move(problem)});
  }
  return problems;
}

void require_form(const std::vector<ConnectionField>& fields, const Fields& form) {
  for (const ConnectionField& field : fields) require_no_problem(field, entered(form, field.name));
}

std::map<std::string, std::string> plain_values(const AuthMode& mode,
                                                const std::vector<ConnectionField>& fields,
                                                const Fields& form) {
  std::map<std::string, std::string> values;
  for (const ConnectionField& field : fields) {
    const std::string_view value = entered(form, field.name);
    if (!value.empty() && !is_credential_part(mode, field)) values.emplace(field.name, value);
  }
  return values;
}

void check_known_fields(const AuthMode& mode, const std::map<std::string, std::string>& values) {
  const std::vector<ConnectionField> fields = asked_fields(mode);
  for (const auto& value : values) {
    const std::string& name = value.first;
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const ConnectionField& asked) { return asked.name == name; });
    if (field == fields.end()) {
      throw Error(ErrorCode::InvalidArgument, "the toolkit asks for no field " + in_quotes(name));
    }
    if (is_credential_part(mode, *field)) {
      throw Error(ErrorCode::InvalidArgument, "field " + in_quotes(name) + " belongs to the credential",
                  "let the user enter it on the Connect Link, or create the account with the credential");
    }
    require_no_problem(*field, value.second);
  }
}

std::string secret_field(const AuthMode& mode) {
  for (const ConnectionField& field : asked_fields(mode)) {
    if (field.is_secret) return field.name;
  }
  return {};
}

Credential credential_of_form(const AuthMode& mode, const Fields& form) {
  const std::string_view secret = entered(form, secret_field(mode));
  switch (mode.scheme) {
    case AuthScheme::ApiKey:
      return ApiKeyCredential{Secret(secret)};
    case AuthScheme::BearerToken:
      return BearerCredential{Secret(secret)};
    case AuthScheme::Basic:
      return BasicCredential{std::string(entered(form, "username")), Secret(secret)};
    case AuthScheme::OAuth2:
    case AuthScheme::NoAuth:
      break;
  }
  return std::monostate{};
}

void check_credential(AuthScheme scheme, const Credential& credential) {
  if (credential.index() != index_of(scheme)) {
    throw Error(ErrorCode::InvalidArgument,
                "the credential does not fit the auth config's scheme " + std::string(to_string(scheme)));
  }
  std::visit(CheckParts{}, credential);
}

}  // namespace coffer
