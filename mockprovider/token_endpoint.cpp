#include "mockprovider/token_endpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/access_token.h"
#include "mockprovider/client_authentication.h"
#include "mockprovider/grant_types.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/token_answer.h"

namespace coffer::mock {
namespace {

const GrantType* find_grant_type(const Profile& profile, const std::string& name) {
  const auto& offered = profile.grant_types;
  if (std::find(offered.begin(), offered.end(), name) == offered.end()) return nullptr;
  const auto found = std::find_if(kGrantTypes.begin(), kGrantTypes.end(),
                                  [&](const GrantType& type) { return type.name == name; });
  return found == kGrantTypes.end() ? nullptr : &*found;
}

GrantOutcome grant(Tenant& tenant, const Profile& profile, const ClientRequest& asked, Exchange& exchange) {
  const std::string name = text_of(asked.parameters, "grant_type");
  if (name.empty()) return Refusal{"invalid_request", "grant_type is missing", {}, {}};
  const GrantType* type = find_grant_type(profile, name);
  if (!type) return Refusal{"unsupported_grant_type", "this provider does not know this grant type", {}, {}};
  if (!allows_grant(*asked.client, name)) {
    return Refusal{"unauthorized_client", "the client is not registered for this grant type", {}, {}};
  }
  const TokenRequest request{tenant,           profile,  *asked.client,
                             asked.parameters, exchange, policy_of(tenant, profile, *asked.client)};
  if (auto refusal = refuse_resources(request.resources())) return std::move(*refusal);
  return type->grant(request);
}

void note(Exchange& exchange, const IssuedTokens& issued) {
  exchange.entry.family = issued.family;
  exchange.entry.account = issued.account;
  exchange.entry.parent = issued.parent;
  exchange.entry.access_id = issued.access_id;
  exchange.entry.refresh_id = issued.refresh_id;
  exchange.hide(issued.access_token, issued.access_id);
  exchange.hide(issued.refresh_token, issued.refresh_id);
}

ServerResponse refuse(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                      const Refusal& refusal, Exchange& exchange) {
  if (!refusal.family.empty()) exchange.entry.family = refusal.family;
  if (!refusal.parent.empty()) exchange.entry.parent = refusal.parent;
  exchange.entry.error = refusal.error;
  return token_error(tenant, profile, request, refusal);
}

}  // namespace

std::string TokenRequest::text(std::string_view name) const {
  return text_of(parameters, name);
}

std::vector<std::string> TokenRequest::scopes() const {
  return split_scopes(profile, text("scope"));
}

std::vector<std::string> TokenRequest::resources() const {
  return texts_of(parameters, "resource");
}

std::optional<Refusal> refuse_resources(const std::vector<std::string>& resources) {
  const bool are_good = std::all_of(resources.begin(), resources.end(), [](const std::string& resource) {
    return origin_of(resource).has_value() && resource.find('#') == std::string::npos;
  });
  if (are_good) return std::nullopt;
  return Refusal{"invalid_target", "resource is not an absolute http(s) URL without a fragment", {}, {}};
}

ServerResponse serve_token(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange) {
  const auto read = read_client_request(tenant, profile, request, exchange);
  if (const auto* refusal = std::get_if<Refusal>(&read)) {
    return refuse(tenant, profile, request, *refusal, exchange);
  }
  const auto& asked = std::get<ClientRequest>(read);
  const GrantOutcome outcome = grant(tenant, profile, asked, exchange);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    return refuse(tenant, profile, request, *refusal, exchange);
  }
  const auto& issued = std::get<IssuedTokens>(outcome);
  note(exchange, issued);
  const bool is_refresh = exchange.entry.endpoint == "refresh";
  if (is_refresh) ++tenant.refreshes_granted;
  return token_answer(tenant, profile, request, issued, *asked.client, is_refresh, exchange);
}

}  // namespace coffer::mock
