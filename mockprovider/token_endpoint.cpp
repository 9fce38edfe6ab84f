#include "mockprovider/token_endpoint.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "mockprovider/access_token.h"
#include "mockprovider/client_authentication.h"
#include "mockprovider/grant_types.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/resources.h"
#include "mockprovider/scope_check.h"
#include "mockprovider/token_answer.h"

namespace coffer::mock {
namespace {

const GrantType* find_grant_type(const Profile& profile, const std::string& name) {
  if (!profile.offers(name)) return nullptr;
  const auto found = std::find_if(kGrantTypes.begin(), kGrantTypes.end(),
                                  [&](const GrantType& type) { return type.name == name; });
  return found == kGrantTypes.end() ? nullptr : &*found;
}

// An endpoint for refreshes alone needs no word for what is asked.
std::string grant_type_of(const Fields& parameters, const Exchange& exchange) {
  const std::string name = text_of(parameters, "grant_type");
  return name.empty() && exchange.entry.endpoint == "refresh" ? "refresh_token" : name;
}

// Tokens that end, and can be refreshed, only for those who ask for it.
void apply_expiry_param(const Profile& profile, const Fields& parameters, TokenPolicy& policy) {
  if (profile.expiry_param.empty()) return;
  const std::string wanted = text_of(parameters, profile.expiry_param);
  if (wanted.empty()) {
    policy.access_lifetime.reset();
    policy.gives_refresh_tokens = false;
    return;
  }
  const bool is_number = wanted.size() <= 9 && wanted.find_first_not_of("0123456789") == std::string::npos;
  // "1" is a flag.
  if (is_number && std::stol(wanted) > 1) policy.access_lifetime = std::chrono::seconds(std::stol(wanted));
}

std::optional<Refusal> refuse(const TokenRequest& request) {
  if (auto refusal = refuse_scope(request.profile, request.client, request.text("scope"))) return refusal;
  return refuse_resources(request.tenant, request.resources());
}

GrantOutcome grant(Tenant& tenant, const Profile& profile, const ClientRequest& asked, Exchange& exchange) {
  const std::string name = grant_type_of(asked.parameters, exchange);
  if (name.empty()) return Refusal{"invalid_request", "grant_type is missing"};
  const GrantType* type = find_grant_type(profile, name);
  const OwnExchange* own_exchange = profile.find_exchange(name);
  const bool is_here = profile.is_refresh(name) == (exchange.entry.endpoint == "refresh");
  if ((!type && !own_exchange) || !is_here) {
    return Refusal{"unsupported_grant_type", "this endpoint does not know this grant type"};
  }
  if (!allows_grant(*asked.client, name)) {
    return Refusal{"unauthorized_client", "the client is not registered for this grant type"};
  }
  TokenRequest request{tenant,           profile,  *asked.client,
                       asked.parameters, exchange, policy_of(tenant, profile, *asked.client)};
  apply_expiry_param(profile, asked.parameters, request.policy);
  if (auto refusal = refuse(request)) return std::move(*refusal);
  return own_exchange ? grant_by_own_exchange(request, *own_exchange) : type->grant(request);
}

void note(Exchange& exchange, const IssuedTokens& issued) {
  exchange.entry.family = issued.family;
  exchange.entry.account = issued.account;
  exchange.entry.parent = issued.parent;
  exchange.entry.access_id = issued.access_id;
  exchange.entry.refresh_id = issued.refresh_id;
  exchange.hide(issued.refresh_token, issued.refresh_id);
  for (const auto& companion : issued.companion) {
    exchange.hide(companion.access_token, companion.access_id);
    exchange.hide(companion.refresh_token, companion.refresh_id);
  }
}

ServerResponse tell(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                    const Refusal& refusal, Exchange& exchange) {
  if (!refusal.family.empty()) exchange.entry.family = refusal.family;
  if (!refusal.parent.empty()) exchange.entry.parent = refusal.parent;
  exchange.entry.error = refusal.error;
  return token_error(tenant, profile, request, refusal, text_of(exchange.entry.parameters, "grant_type"));
}

ServerResponse finish(Tenant& tenant, const IssuedTokens& issued, TokenAnswer answer, Exchange& exchange) {
  if (answer.access_token != issued.access_token) {
    tenant.grants.rename(issued.access_token, answer.access_token);
  }
  exchange.hide(answer.access_token, issued.access_id);
  exchange.hide(answer.id_token, "id_token");
  return std::move(answer.response);
}

ServerResponse finish_later(const IssuedTokens& issued, TokenDraft draft, Exchange& exchange) {
  const auto answer = std::make_shared<TokenAnswer>();
  exchange.work = [answer, draft = std::move(draft)] { *answer = draft.finish(); };
  exchange.answer_later = [answer, issued](Tenant& tenant, Exchange& answered) {
    return finish(tenant, issued, std::move(*answer), answered);
  };
  return ServerResponse();
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

ServerResponse serve_token(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange) {
  const auto read = read_client_request(tenant, profile, request, exchange);
  if (const auto* refusal = std::get_if<Refusal>(&read)) {
    return tell(tenant, profile, request, *refusal, exchange);
  }
  const auto& asked = std::get<ClientRequest>(read);
  const GrantOutcome outcome = grant(tenant, profile, asked, exchange);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    return tell(tenant, profile, request, *refusal, exchange);
  }
  const auto& issued = std::get<IssuedTokens>(outcome);
  note(exchange, issued);
  const bool is_refresh = exchange.entry.endpoint == "refresh";
  if (is_refresh) ++tenant.refreshes_granted;
  const bool is_exchange = profile.find_exchange(text_of(asked.parameters, "grant_type")) != nullptr;
  TokenDraft draft =
      draft_token_answer(tenant, profile, request, issued, *asked.client, is_refresh || is_exchange);
  return draft.needs_signature ? finish_later(issued, std::move(draft), exchange)
                               : finish(tenant, issued, draft.finish(), exchange);
}

}  // namespace coffer::mock
