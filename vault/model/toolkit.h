#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vault/model/auth_config.h"

namespace coffer {

// Something the Connect page asks for: the key itself, or a non-secret such as a subdomain.
struct ConnectionField {
  std::string name;  // "generic_api_key", "username", "password", "token", "subdomain"
  std::string display_name;
  std::string description;
  std::string example;
  std::string pattern;  // ECMAScript, whole value; empty: anything up to 4096 bytes
  bool is_secret = false;
  bool is_required = true;
  bool is_multiline = false;  // a PEM text or a JSON file
};

// One way to authenticate at a toolkit.
struct AuthMode {
  AuthScheme scheme = AuthScheme::NoAuth;
  std::string provider;  // id in fixtures/providers; schemes of tokens only
  std::vector<std::string> scopes;
  std::vector<ConnectionField> fields;
  // Where the credential goes: templates by header and query name, "{{access_token}}" and so on.
  // A credential in a query goes to toolkits that take it nowhere else.
  std::map<std::string, std::string> headers;
  std::map<std::string, std::string> query;
};

// One HTTP request as templates over the tool's arguments and the connection's fields.
// `json`, `form`, `query`, `headers` are JSON values whose strings are templates; null: absent.
struct RequestTemplate {
  std::string method = "GET";
  std::string path;
  std::shared_ptr<const nlohmann::json> query;
  std::shared_ptr<const nlohmann::json> headers;
  std::shared_ptr<const nlohmann::json> json;
  std::shared_ptr<const nlohmann::json> form;
};

// "For each element of a list in the first answer, fetch this too": bounded and parallel.
struct EachStep {
  std::string items;  // JSON pointer into the first answer
  std::string as;     // the element's name in the templates of `request`
  RequestTemplate request;
  std::string unless;  // name of a boolean argument that turns the step off
  int limit = 20;
};

// How an answer's body or status tells what went wrong.
struct ErrorRule {
  enum class Means { Credential, Scope, Retry, Failure };
  int status = 0;                   // 0: any
  std::string pointer;              // JSON pointer; with `equals`: matches on the body
  std::vector<std::string> equals;  // empty with a pointer: any value but null
  Means means = Means::Failure;
};

struct Tool {
  std::string slug;
  std::vector<std::string> aliases;
  std::string name;
  std::string description;
  std::vector<std::string> tags;        // MCP hints: readOnlyHint, destructiveHint, ...
  std::vector<std::string> scopes_any;  // any one of them is enough; empty: none is needed
  bool is_important = false;
  std::shared_ptr<const nlohmann::json> input;   // JSON Schema, type object
  std::shared_ptr<const nlohmann::json> output;  // JSON Schema, type object
  RequestTemplate request;
  std::optional<EachStep> each;
  std::string select;  // JSON pointer into the answer; empty: all of it
  std::vector<ErrorRule> errors;
  std::shared_ptr<const nlohmann::json> mock;  // read by the mock toolkit server alone
};

struct Verify {
  RequestTemplate request;
  std::string identity;  // JSON pointer to who the account is
};

// A value kept with the connection, fetched once after connecting (jira's cloud id).
struct Discovery {
  std::string field;  // name among Connection::fields
  RequestTemplate request;
  std::string pointer;
};

struct Toolkit {
  std::string slug;
  std::string name;
  std::string description;
  std::string version;
  std::vector<std::string> categories;
  std::string base_url;  // may hold {{subdomain}}; points at the mock when loaded for it
  std::string api_root;  // base of discovery paths; empty: base_url
  std::vector<AuthMode> auth;
  std::optional<Verify> verify;
  std::vector<Discovery> discover;
  std::vector<ErrorRule> errors;  // for every tool, after the tool's own
  std::vector<Tool> tools;
  std::string mock_path;  // below the mock's origin
  std::shared_ptr<const nlohmann::json> mock_seed;

  const AuthMode* find_auth(AuthScheme scheme) const;
  const Tool* find_tool(std::string_view slug_or_alias) const;  // any case
};

}  // namespace coffer
