#include "vault/catalog/toolkit_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/expression.h"
#include "vault/catalog/header_check.h"
#include "vault/catalog/schema_check.h"
#include "vault/model/credential_fields.h"

namespace coffer {
namespace {

using NameSet = std::set<std::string>;

constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::string_view kTags[] = {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"};
// Below a provider's mock path these are its endpoints.
constexpr std::string_view kReservedSegments[] = {
    "authorize", "token",    "revoke", "introspect",  "userinfo",
    "login",     "consent",  "device", "register",    "jwks",
    "par",       "callback", "root",   ".well-known", "device_authorization"};

constexpr std::string_view kMetaToolPrefix = "COMPOSIO_";

template <class List>
bool contains(const List& list, std::string_view value) {
  return std::find(std::begin(list), std::end(list), value) != std::end(list);
}

bool consists_of(std::string_view text, std::string_view extra, bool upper) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    const bool is_letter = upper ? (c >= 'A' && c <= 'Z') : (c >= 'a' && c <= 'z');
    return is_letter || (c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
  });
}

void check_text(const std::string& place, const std::string& text, const NameSet& known) {
  try {
    for (const auto& name : names_in_template(text)) {
      if (!known.contains(name)) throw_file_fault(place, "template name \"" + name + "\" is defined nowhere");
    }
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(place)) throw;
    throw_file_fault(place, error.what());
  }
}

void check_tree(const std::string& place, const std::shared_ptr<const Json>& tree, const NameSet& known) {
  if (!tree) return;
  const Json leaves = tree->flatten();
  for (const auto& [pointer, value] : leaves.items()) {
    if (value.is_string()) check_text(place + pointer, value.get_ref<const std::string&>(), known);
  }
}

void check_pointer(const std::string& place, const std::string& pointer) {
  try {
    static_cast<void>(Json::json_pointer(pointer));
  } catch (const Json::exception&) {
    throw_file_fault(place, "\"" + pointer + "\" is not a JSON pointer: those begin with / (RFC 6901)");
  }
}

void check_request(const std::string& place, const RequestTemplate& request, const NameSet& known) {
  if (!contains(kMethods, request.method))
    throw_file_fault(place, "\"method\" must be GET, POST, PUT, PATCH or DELETE");
  if (!request.path.starts_with('/')) throw_file_fault(place, "\"path\" must begin with /");
  if (request.path.find_first_of("?#\\") != std::string::npos)
    throw_file_fault(place, "\"path\" may not hold ?, # or \\");
  check_text(place + ".path", request.path, known);
  for (const auto& [name, tree] :
       {std::pair{".query", request.query}, {".headers", request.headers}, {".form", request.form}}) {
    if (tree && !tree->is_object()) throw_file_fault(place + name, "must be an object");
    check_tree(place + name, tree, known);
  }
  if (request.headers) check_headers(place + ".headers", *request.headers);
  check_tree(place + ".json", request.json, known);
}

bool is_safe_url(const std::string& url) {
  const auto host = host_of(url);
  return host && (url.starts_with("https://") || is_loopback_host(*host));
}

const ConnectionField* find_field(const AuthMode& mode, const std::string& name) {
  const auto found = std::find_if(mode.fields.begin(), mode.fields.end(),
                                  [&](const ConnectionField& field) { return field.name == name; });
  return found == mode.fields.end() ? nullptr : &*found;
}

// A value in the host part must be one label; else a user could aim the tool at another host.
void check_host_field(const std::string& place, const Toolkit& toolkit, const std::string& name) {
  for (const auto& mode : toolkit.auth) {
    const ConnectionField* field = find_field(mode, name);
    if (field == nullptr || field->is_secret || !field->is_required) {
      throw_file_fault(place, "\"" + name + "\" must be a required field, not secret, of every auth mode");
    }
    const std::regex pattern(field->pattern.empty() ? "[^]*" : field->pattern);
    for (const char* probe : {"", "a.b", "a/b", "a:b", "a@b", "a#b", "a?b", "a\\b", "a%b"}) {
      if (std::regex_match(probe, pattern)) {
        throw_file_fault(place, "the pattern of \"" + name + "\" must forbid \"" + std::string(probe) + "\"");
      }
    }
  }
}

constexpr std::string_view kFieldMark = "field-value";

// "{{subdomain}}.example.com" is; "{{subdomain}}.com" and "example.{{region}}" are not.
bool is_fixed_domain(const std::string& host) {
  const std::size_t mark = host.rfind(kFieldMark);
  if (mark == std::string::npos) return true;
  const std::string rest = host.substr(mark + kFieldMark.size());
  return split(rest, '.').size() >= 2 && rest.find('.') != std::string::npos && rest.front() != ':';
}

void check_base_url(const std::string& file, const Toolkit& toolkit, const NameSet& known) {
  const std::string place = file + ": \"base_url\"";
  check_text(place, toolkit.base_url, known);
  std::string example;
  for (const auto& piece : parse_template(toolkit.base_url)) {
    if (!piece.expression) {
      example += piece.text;
      continue;
    }
    if (piece.expression->kind != Expression::Kind::Name) throw_file_fault(place, "may hold names only");
    const bool is_in_host = example.find('/', example.find("://") + 3) == std::string::npos;
    if (is_in_host) check_host_field(place, toolkit, piece.expression->name);
    example += kFieldMark;
  }
  if (!is_safe_url(example) || example.ends_with('/')) {
    throw_file_fault(place, "must be https (http to loopback), without a / at its end");
  }
  if (!is_fixed_domain(*host_of(example)))
    throw_file_fault(place, "must fix the domain that a field stands before");
  if (!toolkit.api_root.empty() && !is_safe_url(toolkit.api_root))
    throw_file_fault(file, "\"api_root\" must be https");
}

NameSet credential_names(const AuthMode& mode) {
  NameSet names;
  for (const auto& field : mode.fields) names.insert(field.name);
  for (const CredentialField& field : credential_fields(mode.scheme)) names.emplace(field.name);
  if (credential_kind(mode.scheme) == CredentialKind::Tokens) names.insert("access_token");
  if (mode.scheme == AuthScheme::ApiKey) names.insert("api_key");
  return names;
}

void check_secrets(const std::string& place, const AuthMode& mode) {
  bool has_secret = !credential_fields(mode.scheme).empty();
  for (const auto& field : mode.fields) {
    const CredentialField* part = find_credential_field(mode.scheme, field.name);
    if (part != nullptr && part->is_secret && !field.is_secret) {
      throw_file_fault(place, "field \"" + field.name + "\" must be secret");
    }
    has_secret = has_secret || field.is_secret;
  }
  if (!has_secret && credential_kind(mode.scheme) == CredentialKind::Fields) {
    throw_file_fault(place, "\"fields\" must name a secret: the scheme has none of its own");
  }
}

void check_map(const std::string& place, const std::map<std::string, std::string>& texts,
               const NameSet& known) {
  for (const auto& [name, text] : texts) check_text(std::string(place).append(".").append(name), text, known);
}

void check_auth(const std::string& file, const Toolkit& toolkit) {
  NameSet seen;
  for (const auto& mode : toolkit.auth) {
    const std::string place = file + ": auth " + std::string(to_string(mode.scheme));
    if (!seen.insert(std::string(to_string(mode.scheme))).second) throw_file_fault(place, "stands twice");
    if (mode.headers.empty() && mode.query.empty() && mode.scheme != AuthScheme::NoAuth) {
      throw_file_fault(place, "\"headers\" or \"query\" must say where the credential goes");
    }
    check_secrets(place, mode);
    check_map(place + ".headers", mode.headers, credential_names(mode));
    check_headers(place + ".headers", Json(mode.headers));
    check_map(place + ".query", mode.query, credential_names(mode));
  }
}

// Names of values that belong to the connection: a tool's arguments may not bear them.
NameSet connection_names(const Toolkit& toolkit) {
  NameSet names;
  for (const auto& mode : toolkit.auth) {
    for (const auto& field : mode.fields) {
      if (!field.is_secret) names.insert(field.name);
    }
  }
  for (const auto& discovery : toolkit.discover) names.insert(discovery.field);
  return names;
}

void check_each(const std::string& place, const Tool& tool, NameSet known) {
  if (!tool.each) return;
  if (tool.request.method != "GET" || tool.each->request.method != "GET") {
    throw_file_fault(place, "\"each\" is for GET requests only: they may be sent again");
  }
  if (!tool.each->unless.empty() && !known.contains(tool.each->unless)) {
    throw_file_fault(place, "\"unless\" must name an argument");
  }
  check_pointer(place + ".each.items", tool.each->items);
  known.insert(tool.each->as);
  check_request(place + ".each.request", tool.each->request, known);
}

void check_mock(const std::string& place, const std::shared_ptr<const Json>& mock) {
  if (!mock) return;
  const Json leaves = mock->flatten();
  for (const auto& [pointer, value] : leaves.items()) {
    if (!value.is_string()) continue;
    try {
      check_template(value.get_ref<const std::string&>());
    } catch (const Error& error) {
      throw_file_fault(place + pointer, error.what());
    }
  }
}

// A meta tool would answer in the place of a tool of its name.
void check_reserved(const std::string& place, const std::string& slug) {
  if (slug.starts_with(kMetaToolPrefix)) {
    throw_file_fault(
        place, "\"" + slug + "\" begins with COMPOSIO_, which is for the meta tools: name it otherwise");
  }
}

void check_tool(const std::string& file, const Toolkit& toolkit, const Tool& tool) {
  const std::string place = file + ": " + tool.slug;
  const std::string prefix = to_upper(toolkit.slug) + "_";
  for (const auto& slug : tool.aliases) {
    if (!consists_of(slug, "_", true))
      throw_file_fault(place, "alias \"" + slug + "\" must be upper-case letters, digits and _");
    check_reserved(place, slug);
  }
  if (!consists_of(tool.slug, "_", true) || !tool.slug.starts_with(prefix)) {
    throw_file_fault(
        place, "the slug must begin with " + prefix + " and hold upper-case letters, digits and _ only");
  }
  check_reserved(place, tool.slug);
  for (const auto& tag : tool.tags) {
    if (!contains(kTags, tag)) throw_file_fault(place, "tag \"" + tag + "\" is unknown");
  }
  NameSet known = connection_names(toolkit);
  check_input_schema(*tool.input, place + ".input");
  const Json properties = tool.input->value("properties", Json::object());
  for (const auto& [name, schema] : properties.items()) {
    if (known.contains(name))
      throw_file_fault(place, "argument \"" + name + "\" bears the name of a connection field");
    known.insert(name);
  }
  check_request(place + ".request", tool.request, known);
  check_each(place, tool, known);
  check_pointer(place + ".select", tool.select);
  for (const auto& rule : tool.errors) check_pointer(place + ".errors", rule.pointer);
  check_mock(place + ".mock", tool.mock);
}

bool is_answered(const Toolkit& toolkit, const Tool& tool) {
  return std::any_of(toolkit.tools.begin(), toolkit.tools.end(), [&](const Tool& other) {
    return other.mock && other.request.method == tool.request.method &&
           other.request.path == tool.request.path;
  });
}

void check_mock_side(const std::string& file, const Toolkit& toolkit) {
  check_mock(file + ": mock_seed", toolkit.mock_seed);
  const auto segments = split(toolkit.mock_path, '/');
  if (segments.size() != 3 || segments.front() != "mock" || contains(kReservedSegments, segments.back())) {
    throw_file_fault(file, "\"mock_path\" must be /mock/<provider>/<name>, and no endpoint of the provider");
  }
  if (!toolkit.mock_seed) return;
  for (const auto& tool : toolkit.tools) {
    if (!is_answered(toolkit, tool))
      throw_file_fault(file + ": " + tool.slug, "the mock has no answer to its request");
  }
}

}  // namespace

void check_toolkit(const Toolkit& toolkit, const std::string& file) {
  if (!consists_of(toolkit.slug, "_", false)) {
    throw_file_fault(file, "\"slug\" must be lower-case letters, digits and _");
  }
  if (toolkit.slug == "composio") {
    throw_file_fault(file,
                     "\"slug\" may not be \"composio\", which is for the meta tools: name it otherwise");
  }
  const NameSet known = connection_names(toolkit);
  check_auth(file, toolkit);
  check_base_url(file, toolkit, known);
  if (toolkit.verify) check_request(file + ": verify", toolkit.verify->request, known);
  for (const auto& discovery : toolkit.discover) {
    check_request(file + ": discover " + discovery.field, discovery.request, {});
    check_pointer(file + ": discover " + discovery.field, discovery.pointer);
  }
  for (const auto& rule : toolkit.errors) check_pointer(file + ": errors", rule.pointer);
  for (const auto& tool : toolkit.tools) check_tool(file, toolkit, tool);
  check_mock_side(file, toolkit);
}

void check_provider(const Provider& provider, const std::string& file) {
  if (!consists_of(provider.id, "_-", false))
    throw_file_fault(file, "\"id\" must be lower-case letters, digits, _ and -");
  if (provider.id == "api")
    throw_file_fault(file, "\"id\" may not be \"api\": the mock has its key services there");
  for (const auto& url : {provider.authorization_url, provider.token_url}) {
    if (!is_safe_url(url)) throw_file_fault(file, "\"" + url + "\" must be https (http to loopback)");
  }
  for (const auto& url :
       {provider.issuer, provider.refresh_url, provider.revoke_url, provider.registration_url}) {
    if (!url.empty() && !is_safe_url(url))
      throw_file_fault(file, "\"" + url + "\" must be https (http to loopback)");
  }
  for (const auto& swap : {provider.swap_after_code, provider.renewal}) {
    if (swap && !is_safe_url(swap->url))
      throw_file_fault(file, "\"" + swap->url + "\" must be https (http to loopback)");
  }
  check_mock(file + ": mock", provider.mock);
}

}  // namespace coffer
