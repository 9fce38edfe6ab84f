#include "vault/api/legacy/account_view.h"

#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/model/credential_fields.h"

namespace coffer::api::legacy {
namespace {

bool is_usable(const Connection& connection) {
  return connection.status == ConnectionStatus::Active;
}

const AuthMode* mode_of(const Catalog& catalog, const Connection& connection) {
  const Toolkit* toolkit = catalog.find_toolkit(connection.toolkit);
  return toolkit == nullptr ? nullptr : toolkit->find_auth(connection.scheme);
}

std::string base_url_of(const Catalog& catalog, const Connection& connection) {
  const Toolkit* toolkit = catalog.find_toolkit(connection.toolkit);
  return toolkit == nullptr ? std::string() : toolkit->base_url;
}

Json masked(const std::map<std::string, std::string>& templates) {
  Json out = Json::object();
  for (const auto& [name, value] : templates) out[name] = kMasked;
  return out;
}

Json connection_params(const Catalog& catalog, const Connection& connection) {
  Json params = Json::object();
  for (const auto& [name, value] : connection.fields) params[name] = value;
  params["scope"] = join(connection.scopes, " ");
  params["base_url"] = base_url_of(catalog, connection);
  params["headers"] = Json::object();
  params["queryParams"] = Json::object();
  const AuthMode* mode = mode_of(catalog, connection);
  if (!is_usable(connection) || mode == nullptr) return params;
  params["headers"] = masked(mode->headers);
  params["queryParams"] = masked(mode->query);
  if (connection.scheme != AuthScheme::OAuth2) return params;
  params["token_type"] = "Bearer";
  params["access_token"] = kMasked;
  return params;
}

void add_parameters(Json& out, const std::map<std::string, std::string>& templates, const char* place) {
  for (const auto& [name, value] : templates) {
    out.push_back({{"in", place}, {"name", name}, {"value", kMasked}});
  }
}

}  // namespace

std::string_view account_status(ConnectionStatus status) {
  switch (status) {
    case ConnectionStatus::Initializing:
    case ConnectionStatus::Initiated:
      return "INITIATED";
    case ConnectionStatus::Active:
      return "ACTIVE";
    case ConnectionStatus::Failed:
      return "FAILED";
    case ConnectionStatus::Expired:
    case ConnectionStatus::Inactive:
    case ConnectionStatus::Revoked:
      return "EXPIRED";
  }
  return "EXPIRED";
}

Json account_view(const Catalog& catalog, const Connection& connection) {
  const bool is_disabled = connection.status == ConnectionStatus::Inactive;
  const std::string& app = connection.toolkit;
  return {{"id", connection.id.str()},
          {"status", account_status(connection.status)},
          {"statusReason", connection.status_reason},
          {"createdAt", to_rfc3339(connection.created_at)},
          {"updatedAt", to_rfc3339(connection.updated_at)},
          {"appUniqueId", app},
          {"appName", app},
          {"integrationId", connection.auth_config.str()},
          {"connectionParams", connection_params(catalog, connection)},
          {"clientUniqueUserId", connection.user.str()},
          {"entityId", connection.user.str()},
          {"enabled", !is_disabled},
          {"isDisabled", is_disabled},
          {"deleted", false},
          {"labels", Json::array()},
          {"invocationCount", 0},
          {"logo", ""},
          {"member", Json::object()},
          {"data", Json::object()},
          {"meta", {{"app", {{"appId", app}, {"key", app}, {"name", app}}}}},
          {"authConfig", Json::object()}};
}

Json auth_parameters(const Catalog& catalog, const Connection& connection) {
  Json parameters = Json::array();
  const AuthMode* mode = mode_of(catalog, connection);
  if (is_usable(connection) && mode != nullptr) {
    add_parameters(parameters, mode->headers, "header");
    add_parameters(parameters, mode->query, "query");
  }
  return {{"base_url", base_url_of(catalog, connection)},
          {"parameters", std::move(parameters)},
          {"body", Json::object()}};
}

void rethrow_about_account(const Error& error) {
  if (error.code() != ErrorCode::NotFound) throw error;
  throw Error(ErrorCode::NeedsConnection, error.what(), error.hint());
}

}  // namespace coffer::api::legacy
