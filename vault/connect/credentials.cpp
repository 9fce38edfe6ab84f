#include "vault/connect/credentials.h"

#include <algorithm>
#include <regex>
#include <type_traits>

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/model/credential_fields.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxValueBytes = 4096;
constexpr std::size_t kMaxMultilineBytes = 16 << 10;
// std::regex recurses once per character.
constexpr std::size_t kMaxMatchedBytes = 1024;
constexpr std::string_view kBlanks = " \t\r\n";

ConnectionField usual_field(const CredentialField& part) {
  ConnectionField field;
  field.name = part.name;
  field.display_name = part.display_name;
  field.is_secret = part.is_secret;
  field.is_required = part.is_required;
  field.is_multiline = part.is_multiline;
  return field;
}

bool has_control(std::string_view text, bool is_multiline = false) {
  return std::any_of(text.begin(), text.end(), [&](char c) {
    if (is_multiline && (c == '\n' || c == '\r' || c == '\t')) return false;
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

bool fits_pattern(const std::string& pattern, std::string_view value) {
  return std::regex_match(value.begin(), value.end(), std::regex(pattern, std::regex::ECMAScript));
}

// Empty: nothing is wrong.
std::string problem_of(const ConnectionField& field, std::string_view value) {
  if (value.empty()) return field.is_required ? "This is needed." : "";
  if (value.size() > (field.is_multiline ? kMaxMultilineBytes : kMaxValueBytes)) return "This is too long.";
  if (!is_valid_utf8(value) || has_control(value, field.is_multiline))
    return "This holds characters that cannot be sent.";
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
  return field.is_secret || find_credential_field(mode.scheme, field.name) != nullptr;
}

bool has_secret(const std::vector<ConnectionField>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const auto& field) { return field.is_secret; });
}

bool has_named(const std::vector<ConnectionField>& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
}

void check_part(std::string_view name, std::string_view value, bool may_be_empty, bool is_multiline = false) {
  if (value.empty() && !may_be_empty) {
    throw Error(ErrorCode::InvalidArgument, "the credential's " + std::string(name) + " is empty");
  }
  if (value.size() > 16 * kMaxValueBytes || has_control(value, is_multiline)) {
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
    check_part("username", c.username, false);
    check_part("password", c.password.expose(), true);  // some services take a key as the user name
  }
  // Multi-line values are encoded on their way into a header; the request refuses them as they are.
  void operator()(const FieldsCredential& c) const {
    for (const auto& [name, value] : c.names) check_part(name, value, false);
    for (const auto& [name, secret] : c.secrets) check_part(name, secret.expose(), false, true);
  }
};

// In the order of the variant.
std::size_t index_of(CredentialKind kind) {
  return static_cast<std::size_t>(kind);
}
template <CredentialKind kind, typename Alternative>
constexpr bool kHolds =
    std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(kind), Credential>, Alternative>;
static_assert(kHolds<CredentialKind::None, std::monostate>);
static_assert(kHolds<CredentialKind::Tokens, TokenSet>);
static_assert(kHolds<CredentialKind::ApiKey, ApiKeyCredential>);
static_assert(kHolds<CredentialKind::Bearer, BearerCredential>);
static_assert(kHolds<CredentialKind::Basic, BasicCredential>);
static_assert(kHolds<CredentialKind::Fields, FieldsCredential>);

bool has_part(const FieldsCredential& credential, const std::string& name) {
  return credential.names.contains(name) || credential.secrets.contains(name);
}

struct FillShared {
  const AuthMode& mode;
  const SharedValues& shared;

  void operator()(std::monostate&) const {}
  void operator()(TokenSet&) const {}
  void operator()(ApiKeyCredential& c) const { fill(c.key, secret_field(mode)); }
  void operator()(BearerCredential& c) const { fill(c.token, secret_field(mode)); }
  void operator()(BasicCredential& c) const {
    const auto user = shared.find("username");
    if (c.username.empty() && user != shared.end()) c.username = user->second.expose();
    fill(c.password, secret_field(mode));
  }
  void operator()(FieldsCredential& c) const {
    for (const ConnectionField& part : credential_parts(mode)) {
      const auto found = shared.find(part.name);
      if (found != shared.end() && !has_part(c, part.name)) put_part(c, part, found->second.clone());
    }
  }

  void fill(Secret& place, const std::string& name) const {
    const auto found = shared.find(name);
    if (place.empty() && found != shared.end()) place = found->second.clone();
  }
};

// Browsers send CR LF for each line end in a form.
Secret in_unix_lines(std::string_view text) {
  std::string lines(text);
  std::erase(lines, '\r');
  return Secret::consume(lines);
}

FieldsCredential fields_of_form(const AuthMode& mode, const Fields& form) {
  FieldsCredential credential;
  for (const ConnectionField& part : credential_parts(mode)) {
    const std::string_view value = entered(form, part.name);
    if (!value.empty()) put_part(credential, part, in_unix_lines(value));
  }
  return credential;
}

// Under whatever name the toolkit knows it.
void require_password(const AuthMode& mode, const BasicCredential& basic) {
  if (!basic.password.empty()) return;
  for (const ConnectionField& part : asked_fields(mode)) {
    if (!part.is_secret || !part.is_required) continue;
    throw Error(ErrorCode::InvalidArgument, "the credential's " + in_quotes(part.name) + " is missing",
                part.description);
  }
}

void require_fields(const AuthMode& mode, const std::map<std::string, std::string>& values) {
  const auto parts = credential_parts(mode);  // the credential itself is at hand
  for (const ConnectionField& field : asked_fields(mode)) {
    if (!field.is_required || has_named(parts, field.name) || values.contains(field.name)) continue;
    throw Error(ErrorCode::InvalidArgument, "field " + in_quotes(field.name) + " is missing",
                field.description);
  }
}

}  // namespace

// An API key, a token and a password may go by the toolkit's own name for them.
std::vector<ConnectionField> asked_fields(const AuthMode& mode) {
  std::vector<ConnectionField> fields = mode.fields;
  const CredentialKind kind = credential_kind(mode.scheme);
  if (kind == CredentialKind::Tokens || kind == CredentialKind::None) {
    std::erase_if(fields, [](const ConnectionField& field) { return field.is_secret; });
    return fields;
  }
  if (kind != CredentialKind::Fields && has_secret(fields)) return fields;
  for (const CredentialField& part : credential_fields(mode.scheme)) {
    if (part.is_required && !has_named(fields, part.name)) fields.push_back(usual_field(part));
  }
  return fields;
}

std::vector<ConnectionField> credential_parts(const AuthMode& mode) {
  std::vector<ConnectionField> parts = asked_fields(mode);
  std::erase_if(parts, [&](const ConnectionField& field) { return !is_credential_part(mode, field); });
  for (const CredentialField& part : credential_fields(mode.scheme)) {
    if (!part.is_required && !has_named(parts, part.name)) parts.push_back(usual_field(part));
  }
  return parts;
}

void put_part(FieldsCredential& credential, const ConnectionField& part, Secret value) {
  if (part.is_secret) {
    credential.secrets[part.name] = std::move(value);
  } else {
    credential.names[part.name] = std::string(value.expose());
  }
}

void add_shared(const AuthMode& mode, const SharedValues& shared, Credential& credential) {
  std::visit(FillShared{mode, shared}, credential);
}

std::map<std::string, std::string> shared_fields(const AuthMode& mode, const SharedValues& shared) {
  std::map<std::string, std::string> values;
  for (const ConnectionField& field : asked_fields(mode)) {
    const auto found = shared.find(field.name);
    if (found == shared.end() || is_credential_part(mode, field)) continue;
    values.emplace(field.name, found->second.expose());
  }
  return values;
}

void require_parts(const AuthMode& mode, const Credential& credential) {
  if (const auto* basic = std::get_if<BasicCredential>(&credential)) require_password(mode, *basic);
  const auto* fields = std::get_if<FieldsCredential>(&credential);
  if (fields == nullptr) return;
  for (const ConnectionField& part : credential_parts(mode)) {
    if (!part.is_required || has_part(*fields, part.name)) continue;
    throw Error(ErrorCode::InvalidArgument, "the credential's " + in_quotes(part.name) + " is missing",
                part.description);
  }
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
  switch (credential_kind(mode.scheme)) {
    case CredentialKind::ApiKey:
      return ApiKeyCredential{Secret(secret)};
    case CredentialKind::Bearer:
      return BearerCredential{Secret(secret)};
    case CredentialKind::Basic:
      return BasicCredential{std::string(entered(form, "username")), Secret(secret)};
    case CredentialKind::Fields:
      return fields_of_form(mode, form);
    case CredentialKind::Tokens:
    case CredentialKind::None:
      break;
  }
  return std::monostate{};
}

void check_credential(AuthScheme scheme, const Credential& credential) {
  if (credential.index() != index_of(credential_kind(scheme))) {
    throw Error(ErrorCode::InvalidArgument,
                "the credential does not fit the auth config's scheme " + std::string(to_string(scheme)));
  }
  std::visit(CheckParts{}, credential);
}

void require_complete(const AuthMode& mode, const Credential& credential,
                      const std::map<std::string, std::string>& fields) {
  check_credential(mode.scheme, credential);
  check_known_fields(mode, fields);
  require_fields(mode, fields);
  require_parts(mode, credential);
}

}  // namespace coffer
