#include "mockprovider/control_calls.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/client_metadata.h"
#include "mockprovider/grant_types.h"
#include "mockprovider/members.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

Json fields_json(const Fields& fields) {
  Json object = Json::object();
  for (const auto& [name, value] : fields) object[name] = value;
  return object;
}

const Toolkit& toolkit_named(const Tenant& tenant, const std::string& slug) {
  const Toolkit* toolkit = tenant.catalog.find_toolkit(slug);
  if (!toolkit) throw Error(ErrorCode::NotFound, "toolkit \"" + slug + "\" does not exist here");
  return *toolkit;
}

// A client may be registered for more than its provider offers; a misspelled grant type it may not.
std::vector<std::string> all_grant_types(const Profile& profile) {
  std::vector<std::string> names = profile.grant_types;
  for (const GrantType& type : kGrantTypes) names.emplace_back(type.name);
  return names;
}

// One of two words; absent: neither.
std::optional<bool> read_either(const Members& body, const char* name, const std::string& yes,
                                const std::string& no) {
  const std::string word = body.text(name);
  if (word.empty()) return std::nullopt;
  if (word != yes && word != no) body.fail(name, "is not " + yes + " or " + no);
  return word == yes;
}

void read_manners(const Profile& profile, const Members& body, Client& client) {
  client.needs_pkce = read_either(body, "pkce", "required", "optional");
  client.has_jwt_access_tokens = read_either(body, "access_token_format", "jwt", "opaque");
  client.needs_pushed_request = body.flag("require_pushed_authorization_requests");
  client.auth_method = body.text("token_endpoint_auth_method");
  if (!client.auth_method.empty())
    require_known(body, "token_endpoint_auth_method", {client.auth_method}, kAuthMethods);
  client.scope = body.text("scope");
  client.grant_types = body.texts("grant_types");
  require_known(body, "grant_types", client.grant_types, all_grant_types(profile));
  const auto algorithm = signing_algorithm(body.text("id_token_signed_response_alg", "RS256"));
  if (!algorithm) body.fail("id_token_signed_response_alg", "is not RS256 or EdDSA");
  client.id_token_algorithm = *algorithm;
}

void end_grants_of_password(Tenant& tenant, const std::string& account) {
  for (const auto& [id, profile] : tenant.profiles) {
    if (profile.password_ends_grants) tenant.grants.revoke_all(id, account, Grants::What::All);
  }
}

}  // namespace

void ControlCall::allow_only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : request.query) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Error(ErrorCode::InvalidArgument, "query: " + name + " is not known");
  }
}

Json client_json(const Client& client) {
  Json json = {{"provider", client.provider},
               {"client_id", client.client_id},
               {"client_secret", client.client_secret},
               {"name", client.name},
               {"redirect_uris", client.redirect_uris},
               {"any_loopback_redirect", client.any_loopback_redirect},
               {"id_token_signed_response_alg", name_of(client.id_token_algorithm)}};
  if (client.needs_pkce) json["pkce"] = *client.needs_pkce ? "required" : "optional";
  if (client.has_jwt_access_tokens) {
    json["access_token_format"] = *client.has_jwt_access_tokens ? "jwt" : "opaque";
  }
  if (!client.auth_method.empty()) json["token_endpoint_auth_method"] = client.auth_method;
  if (!client.scope.empty()) json["scope"] = client.scope;
  if (!client.grant_types.empty()) json["grant_types"] = client.grant_types;
  return json;
}

std::string account_named(const Tenant& tenant, const std::string& email) {
  const Account* account = tenant.accounts.find(email);
  if (!account) throw Error(ErrorCode::NotFound, "account \"" + email + "\" does not exist here");
  return account->email;
}

void check_provider(const Tenant& tenant, const std::string& id) {
  if (!id.empty() && !tenant.profiles.contains(id)) {
    throw Error(ErrorCode::NotFound, "provider \"" + id + "\" does not exist here");
  }
}

Json show_keys(const ControlCall& call) {
  call.allow_only({"toolkit", "account"});
  const Toolkit& toolkit = toolkit_named(call.tenant, call.query("toolkit"));
  return fields_json(
      call.tenant.keys.credentials_of(toolkit, account_named(call.tenant, call.query("account"))));
}

Json rotate_signing_keys(const ControlCall& call) {
  if (call.id != "rotate") {
    throw Error(ErrorCode::NotFound, "signing keys can be rotated", "POST /_mock/signing_keys/rotate");
  }
  const Members body(call.body, "signing keys");
  body.allow_only({"provider", "keep_old"});
  const std::string provider = body.text("provider");
  if (provider.empty()) body.fail("provider", "is missing");
  check_provider(call.tenant, provider);
  call.tenant.signing_keys.rotate(provider, !body.find("keep_old") || body.flag("keep_old"));
  return call.tenant.signing_keys.jwks(provider);
}

Json rotate_keys(const ControlCall& call) {
  if (call.id != "rotate") throw Error(ErrorCode::NotFound, "keys can be rotated", "POST /_mock/keys/rotate");
  const Members body(call.body, "keys");
  body.allow_only({"toolkit", "account"});
  const Toolkit& toolkit = toolkit_named(call.tenant, body.text("toolkit"));
  const std::string account = account_named(call.tenant, body.text("account"));
  call.tenant.keys.rotate(toolkit.slug, account);
  return fields_json(call.tenant.keys.credentials_of(toolkit, account));
}

Json list_clients(const ControlCall& call) {
  Json clients = Json::array();
  for (const auto& client : call.tenant.clients.all()) clients.push_back(client_json(client));
  return {{"clients", clients}};
}

Json add_client(const ControlCall& call) {
  if (!call.id.empty()) return change_client(call);
  const Members body(call.body, "client");
  body.allow_only({"provider", "client_id", "client_secret", "name", "redirect_uris", "any_loopback_redirect",
                   "pkce", "access_token_format", "require_pushed_authorization_requests",
                   "token_endpoint_auth_method", "scope", "grant_types", "id_token_signed_response_alg"});
  Client client;
  client.provider = body.text("provider");
  check_provider(call.tenant, client.provider);
  client.client_id = body.text("client_id");
  if (client.provider.empty() || client.client_id.empty()) body.fail("provider", "and client_id are needed");
  client.client_secret = body.text("client_secret");
  client.name = body.text("name", client.client_id);
  client.redirect_uris = read_redirect_uris(body);
  client.any_loopback_redirect = body.flag("any_loopback_redirect");
  read_manners(call.tenant.profiles.at(client.provider), body, client);
  call.tenant.clients.add(client);
  return client_json(client);
}

Json list_accounts(const ControlCall& call) {
  Json accounts = Json::array();
  for (const auto& account : call.tenant.accounts.all()) {
    accounts.push_back({{"email", account.email}, {"name", account.name}, {"locked", account.is_locked}});
  }
  return {{"accounts", accounts}};
}

Json add_account(const ControlCall& call) {
  if (!call.id.empty()) return lock_account(call);
  const Members body(call.body, "account");
  body.allow_only({"email", "name", "password", "locked"});
  Account account;
  account.email = to_lower(body.text("email"));
  if (account.email.find('@') == std::string::npos) body.fail("email", "is not an address");
  account.name = body.text("name", account.email);
  account.password = body.text("password", "password");
  account.is_locked = body.flag("locked");
  const Account* before = call.tenant.accounts.find(account.email);
  if (before && before->password != account.password) end_grants_of_password(call.tenant, account.email);
  call.tenant.accounts.add(std::move(account));
  return list_accounts(call);
}

}  // namespace coffer::mock
