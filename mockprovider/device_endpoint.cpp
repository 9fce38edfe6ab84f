#include "mockprovider/device_endpoint.h"

#include <nlohmann/json.hpp>

#include "mockprovider/client_authentication.h"
#include "mockprovider/grant_types.h"
#include "mockprovider/interaction.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/pages.h"
#include "mockprovider/resources.h"
#include "mockprovider/scope_check.h"
#include "mockprovider/token_answer.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

std::optional<Refusal> refuse(const Tenant& tenant, const Profile& profile, const ClientRequest& asked) {
  const std::string grant_type(kDeviceGrant);
  if (!profile.offers(grant_type) || !allows_grant(*asked.client, grant_type)) {
    return Refusal{"unauthorized_client", "the client is not registered for the device grant"};
  }
  if (auto refusal = refuse_scope(profile, *asked.client, text_of(asked.parameters, "scope"))) return refusal;
  return refuse_resources(tenant, texts_of(asked.parameters, "resource"));
}

std::variant<std::string, Refusal> add(Tenant& tenant, DeviceAuthorization wanted) try {
  return tenant.devices.add(std::move(wanted));
} catch (const Error& error) {
  return Refusal{"temporarily_unavailable", error.what()};
}

std::variant<ServerResponse, Refusal> begin(Tenant& tenant, const Profile& profile,
                                            const ClientRequest& asked, Exchange& exchange) {
  DeviceAuthorization wanted;
  wanted.provider = profile.id();
  wanted.client_id = asked.client->client_id;
  wanted.scopes = split_scopes(profile, text_of(asked.parameters, "scope"));
  wanted.resources = texts_of(asked.parameters, "resource");
  wanted.interval = profile.device_interval;
  wanted.expires_at = tenant.clock.now() + profile.device_lifetime;
  const auto added = add(tenant, std::move(wanted));
  if (const auto* refusal = std::get_if<Refusal>(&added)) return *refusal;
  const auto& device_code = std::get<std::string>(added);
  const std::string user_code = tenant.devices.find(device_code)->user_code;
  exchange.hide(device_code, "device_code");
  exchange.hide(user_code, "user_code");
  const std::string page = tenant.issuer_of(profile) + "/device";
  const Json answer = {{"device_code", device_code},
                       {"user_code", user_code},
                       {"verification_uri", page},
                       {"verification_uri_complete", with_query(page, {{"user_code", user_code}})},
                       {"expires_in", in_seconds(profile.device_lifetime)},
                       {"interval", in_seconds(profile.device_interval)}};
  return ServerResponse::json(200, dump_json(answer)).with_header("Cache-Control", "no-store");
}

AuthorizationRequest request_of(const Tenant& tenant, const std::string& device_code) {
  const DeviceAuthorization& device = *tenant.devices.find(device_code);
  const Client* client = tenant.clients.find(device.provider, device.client_id);
  AuthorizationRequest request;
  request.provider = device.provider;
  request.client_id = device.client_id;
  request.client_name = client && !client->name.empty() ? client->name : device.client_id;
  request.device_code = device_code;
  request.scopes = device.scopes;
  request.resources = device.resources;
  return request;
}

}  // namespace

ServerResponse serve_device_authorization(Tenant& tenant, const Profile& profile,
                                          const ServerRequest& request, Exchange& exchange) {
  const auto read = read_client_request(tenant, profile, request, exchange);
  const auto* asked = std::get_if<ClientRequest>(&read);
  auto refusal = asked ? refuse(tenant, profile, *asked) : std::optional(std::get<Refusal>(read));
  if (!refusal) {
    auto begun = begin(tenant, profile, *asked, exchange);
    if (auto* response = std::get_if<ServerResponse>(&begun)) return std::move(*response);
    refusal = std::get<Refusal>(begun);
  }
  exchange.entry.error = refusal->error;
  return token_error(tenant, profile, request, *refusal);
}

ServerResponse serve_device_page(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                 Exchange& exchange) {
  const bool is_answer = request.method == "POST";
  const Fields fields = is_answer ? parse_form(request.body).value_or(Fields()) : request.query;
  DevicePage page{
      profile.provider->name, tenant.issuer_of(profile) + "/device", text_of(fields, "user_code"), {}};
  const std::string device_code = tenant.devices.waiting_for(page.user_code);
  // Whatever else is typed is no secret, and may be any word of the page.
  if (!device_code.empty()) exchange.hide(page.user_code, "user_code");
  if (!is_answer) return device_page(page);
  const auto* device = tenant.devices.find(device_code);
  if (!device || device->provider != profile.id()) {
    page.problem = "No device waits with this code.";
    return device_page(page);
  }
  return begin_interaction(tenant, profile, request_of(tenant, device_code), exchange);
}

}  // namespace coffer::mock
