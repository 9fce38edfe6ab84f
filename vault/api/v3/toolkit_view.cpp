#include "vault/api/v3/toolkit_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/connect/credentials.h"

namespace coffer::api::v3 {
namespace {

// Toolkits carry no pictures: a daemon without a network would show broken ones.
constexpr std::string_view kNoLogo;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Versions begin with their date: "20261101_00".
std::string date_of_version(const std::string& version) {
  if (version.size() < 8 || !std::all_of(version.begin(), version.begin() + 8, is_digit)) {
    return "2026-01-01T00:00:00.000Z";
  }
  return version.substr(0, 4) + "-" + version.substr(4, 2) + "-" + version.substr(6, 2) + "T00:00:00.000Z";
}

Json categories_view(const Toolkit& toolkit, const char* id_key) {
  Json out = Json::array();
  for (const std::string& category : toolkit.categories) {
    out.push_back({{id_key, category}, {"name", category_name(category)}});
  }
  return out;
}

Json meta_view(const Toolkit& toolkit, const char* category_id_key) {
  const std::string date = date_of_version(toolkit.version);
  return {{"description", toolkit.description},
          {"logo", kNoLogo},
          {"categories", categories_view(toolkit, category_id_key)},
          {"created_at", date},
          {"updated_at", date},
          {"tools_count", toolkit.tools.size()},
          {"triggers_count", 0},
          {"version", toolkit.version}};
}

Json creation_field(const char* name, const char* display_name, const char* description, bool is_required,
                    bool is_secret) {
  return {{"name", name},     {"displayName", display_name}, {"description", description},
          {"type", "string"}, {"required", is_required},     {"is_secret", is_secret}};
}

Json client_fields(bool is_required) {
  return {creation_field("client_id", "Client id", "Id of your OAuth app", is_required, false),
          creation_field("client_secret", "Client secret", "Secret of your OAuth app", is_required, true)};
}

// What a custom auth config of this way of authenticating is made from.
Json creation_fields(const AuthMode& mode) {
  if (mode.provider.empty()) return {{"required", Json::array()}, {"optional", Json::array()}};
  Json scopes =
      creation_field("scopes", "Scopes", "What the tools may do, separated by commas", false, false);
  scopes["default"] = join(mode.scopes, ",");
  const bool is_required = mode.scheme == AuthScheme::OAuth2;
  Json client = client_fields(is_required);
  if (is_required) return {{"required", client}, {"optional", {scopes}}};
  client.push_back(std::move(scopes));
  return {{"required", Json::array()}, {"optional", std::move(client)}};
}

Json initiation_fields(const AuthMode& mode) {
  Json required = Json::array();
  Json optional = Json::array();
  for (const ConnectionField& field : asked_fields(mode))
    (field.is_required ? required : optional).push_back(field_view(field));
  if (mode.scheme == AuthScheme::S2sOAuth2) {
    for (Json& field : client_fields(false)) optional.push_back(std::move(field));
  }
  return {{"required", required}, {"optional", optional}};
}

Json mode_view(const Engine& engine, const Toolkit& toolkit, const AuthMode& mode) {
  const std::string scheme(to_string(mode.scheme));
  Json view = {{"name", toolkit.slug + "_" + to_lower(scheme)},
               {"mode", scheme},
               {"fields",
                {{"auth_config_creation", creation_fields(mode)},
                 {"connected_account_initiation", initiation_fields(mode)}}},
               {"proxy", {{"base_url", toolkit.base_url}}}};
  if (const Provider* provider = engine.catalog().find_provider(mode.provider)) {
    view["deprecated_auth_provider_details"] = {{"authorization_url", provider->authorization_url},
                                                {"token_url", provider->token_url}};
  }
  return view;
}

}  // namespace

std::vector<std::string> managed_schemes(const Engine& engine, const Toolkit& toolkit) {
  const AuthMode* mode = engine.managed_mode(toolkit);
  if (mode == nullptr || mode->scheme == AuthScheme::NoAuth) return {};
  return {std::string(to_string(mode->scheme))};
}

bool needs_no_auth(const Toolkit& toolkit) {
  return std::all_of(toolkit.auth.begin(), toolkit.auth.end(),
                     [](const AuthMode& mode) { return mode.scheme == AuthScheme::NoAuth; });
}

std::string category_name(const std::string& category) {
  std::string name = category;
  std::replace(name.begin(), name.end(), '-', ' ');
  return name;
}

Json field_view(const ConnectionField& field) {
  return {{"name", field.name},
          {"displayName", field.display_name.empty() ? field.name : field.display_name},
          {"description", field.description},
          {"type", "string"},
          {"required", field.is_required},
          {"is_secret", field.is_secret}};
}

Json toolkit_reference(const Toolkit& toolkit) {
  return {{"slug", toolkit.slug}, {"name", toolkit.name}, {"logo", kNoLogo}};
}

Json toolkit_item(const Engine& engine, const Toolkit& toolkit) {
  Json schemes = Json::array();
  for (const AuthMode& mode : toolkit.auth) schemes.push_back(to_string(mode.scheme));
  return {{"slug", toolkit.slug},
          {"name", toolkit.name},
          {"type", "native"},
          {"is_local_toolkit", false},
          {"no_auth", needs_no_auth(toolkit)},
          {"auth_schemes", schemes},
          {"composio_managed_auth_schemes", managed_schemes(engine, toolkit)},
          {"deprecated", {{"toolkitId", toolkit.slug}}},
          {"meta", meta_view(toolkit, "id")}};
}

Json toolkit_detail(const Engine& engine, const Toolkit& toolkit) {
  Json managed = Json::array();
  for (const std::string& scheme : managed_schemes(engine, toolkit)) {
    const AuthMode* mode = engine.managed_mode(toolkit);
    managed.push_back({{"mode", scheme}, {"scopes", {{"available", mode->scopes}}}});
  }
  Json details = Json::array();
  for (const AuthMode& mode : toolkit.auth) details.push_back(mode_view(engine, toolkit, mode));
  Json meta = meta_view(toolkit, "slug");
  meta["available_versions"] = Json::array({toolkit.version});
  return {{"slug", toolkit.slug},
          {"name", toolkit.name},
          {"type", "native"},
          {"enabled", true},
          {"is_local_toolkit", false},
          {"no_auth", needs_no_auth(toolkit)},
          {"composio_managed_auth", managed},
          {"composio_managed_auth_schemes", managed_schemes(engine, toolkit)},
          {"deprecated", {{"toolkitId", toolkit.slug}, {"rawProxyInfoByAuthSchemes", Json::array()}}},
          {"meta", std::move(meta)},
          {"auth_config_details", std::move(details)},
          {"base_url", toolkit.base_url}};
}

const Toolkit& toolkit_or_not_found(const Catalog& catalog, const std::string& slug) {
  const Toolkit* toolkit = catalog.find_toolkit(slug);
  if (toolkit != nullptr) return *toolkit;
  throw Error(ErrorCode::NotFound, "toolkit " + in_quotes(slug) + " does not exist",
              "GET /api/v3/toolkits lists them");
}

}  // namespace coffer::api::v3
