// The walk of an OAuth link: RFC 6749 section 4.1 with RFC 7636 and RFC 9207.
#include <algorithm>

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/connect/callback_url.h"
#include "vault/connect/connector.h"
#include "vault/connect/credentials.h"
#include "vault/connect/grant.h"
#include "vault/connect/service_probe.h"
#include "vault/connect/walk.h"
#include "vault/crypto/pkce.h"
#include "vault/model/lifecycle.h"
#include "vault/oauth/authorization_url.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

using Failure = BrowserStep::Failure;
using link_store::Link;

constexpr std::size_t kSecretCharacters = 43;
constexpr std::size_t kMaxAnswerValueBytes = 4096;
constexpr std::size_t kMaxErrorCodeBytes = 64;

bool is_base64url_secret(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.size() == kSecretCharacters && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

// A browser keeps its secret while it walks several links at once.
Secret browser_secret(std::string_view cookie, Random& random) {
  return is_base64url_secret(cookie) ? Secret(cookie) : random_secret(random);
}

// What a later change of catalog or configuration must not touch.
void freeze(Link& link, const Blueprint& blueprint, const std::string& public_url, Random& random) {
  link.token_url = blueprint.provider->token_url;
  link.issuer = blueprint.provider->issuer;
  link.client_id = blueprint.config.client_id;
  link.redirect_uri = public_url + "/oauth/callback/" + blueprint.config.id.str();
  link.scopes = blueprint.scopes();
  link.code_verifier = random_secret(random);
}

std::string provider_url(const Link& link, const Provider& provider, const Secret& state) {
  return authorization_url(provider, {.client_id = link.client_id,
                                      .redirect_uri = link.redirect_uri,
                                      .scopes = link.scopes,
                                      .state = std::string(state.expose()),
                                      .code_challenge = code_challenge(link.code_verifier.expose())});
}

// RFC 6749 section 3.1: parameters are not repeated. Two of them mean that somebody added one.
void require_well_formed(const Fields& answer) {
  for (const std::string_view name : {"code", "state", "iss", "error"}) {
    const auto is_named = [&](const auto& field) { return field.first == name; };
    if (std::count_if(answer.begin(), answer.end(), is_named) > 1) {
      throw Error(ErrorCode::InvalidArgument, "the answer holds " + in_quotes(name) + " more than once");
    }
  }
  for (const auto& [name, value] : answer) {
    if (value.size() > kMaxAnswerValueBytes)
      throw Error(ErrorCode::InvalidArgument, "the answer is too long");
  }
}

// Ends the state's life: whatever comes of the answer, it is not taken twice.
Link take_link(WriteTransaction& tx, std::string_view state, std::string_view browser, Timestamp now) {
  auto link = is_base64url_secret(state) ? link_store::find_by_state(tx, state) : std::nullopt;
  if (!link) {
    throw Error(ErrorCode::NotFound, "no sign-in waits for this answer", "start again from the link");
  }
  if (!link_store::is_state_bound_to(tx, state, browser)) throw other_browser();
  require_open(*link, now);
  if (!link_store::consume_state(tx, state)) {
    throw Error(ErrorCode::Gone, "this answer was taken already", "ask for a new link");
  }
  return std::move(*link);
}

std::string error_word(std::string_view error) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const bool is_clean =
      error.size() <= kMaxErrorCodeBytes && std::all_of(error.begin(), error.end(), is_word);
  return is_clean ? std::string(error) : "unknown";
}

LinkEnding provider_error(const std::string& code, std::string problem) {
  const std::string reason = std::string(reason::kProviderError) + (code.empty() ? "" : ": " + code);
  return {Failure::ProviderError, reason, std::move(problem), code};
}

LinkEnding exchange_failed(std::string problem) {
  return {Failure::ExchangeFailed, std::string(reason::kExchangeFailed), std::move(problem), {}};
}

// RFC 9207 section 2.4: simple string comparison.
bool is_issuer_wrong(const Link& link, const Provider& provider, const Fields& answer) {
  if (link.issuer.empty()) return false;
  const auto iss = find_field(answer, "iss");
  if (!iss) return provider.iss_in_response;
  return *iss != link.issuer;
}

LinkEnding configuration_changed() {
  return exchange_failed("The configuration of this sign-in was changed while it was under way.");
}

// nullopt: the auth config was deleted, disabled or given another client since the walk began.
std::optional<Blueprint> blueprint_of(Transaction& tx, const Catalog& catalog, const Link& link) {
  try {
    Blueprint blueprint = load_blueprint(tx, catalog, link.auth_config);
    const bool is_same = blueprint.config.is_enabled && blueprint.config.client_id == link.client_id;
    return is_same && blueprint.provider != nullptr ? std::optional(std::move(blueprint)) : std::nullopt;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound && error.code() != ErrorCode::Unsupported) throw;
    return std::nullopt;
  }
}

// What is wrong with an answer that belongs to this link; nullopt: it holds a code.
std::optional<LinkEnding> refusal(const Link& link, const AuthConfigId& auth_config, const Provider& provider,
                                  const Fields& answer) {
  if (link.auth_config != auth_config) {
    return provider_error({}, "The provider's answer arrived at the address of another configuration.");
  }
  if (is_issuer_wrong(link, provider, answer)) {
    return provider_error({}, "The answer does not come from the provider that was asked.");
  }
  if (const auto error = find_field(answer, "error")) {
    if (*error == "access_denied") {
      return LinkEnding{
          Failure::Denied, std::string(reason::kDenied), "The request was denied at the provider.", {}};
    }
    return provider_error(error_word(*error), "The provider answered with an error.");
  }
  if (find_field(answer, "code").value_or("").empty()) {
    return provider_error({}, "The provider's answer holds no code.");
  }
  return std::nullopt;
}

struct Describe {
  std::string operator()(const Refreshed&) const { return "ok"; }
  std::string operator()(const Rejected& r) const { return "rejected: " + error_word(r.error); }
  std::string operator()(const Misconfigured& m) const { return "misconfigured: " + error_word(m.error); }
  std::string operator()(const Throttled&) const { return "throttled"; }
  std::string operator()(const Transient& t) const { return t.detail; }
};

struct ProbeProblem {
  std::string operator()(const Accepted&) const { return {}; }
  std::string operator()(const Refused& r) const { return "HTTP " + std::to_string(r.status); }
  std::string operator()(const Unreachable& u) const { return u.detail; }
};

void log_probe(Log& log, std::string_view event, const Link& link, const ProbeResult& result) {
  log.warn(event, {{"connected_account_id", link.connection.str()},
                   {"toolkit", link.toolkit},
                   {"problem", std::visit(ProbeProblem{}, result)}});
}

}  // namespace

BrowserStep Connector::begin(std::string_view link_token, std::string_view browser, const Fields& form) {
  const auto tx = database_.write();
  Walk walk = load_walk(*tx, catalog_, link_token);
  require_open(walk.link, env_.clock.now());
  require_enabled(walk.blueprint);
  if (walk.blueprint.provider == nullptr) {
    throw Error(ErrorCode::WrongState, "this link asks for a key and has no sign-in");
  }
  const auto fields = missing_fields(walk);
  require_form(fields, form);
  walk.link.fields = known_fields(walk);
  walk.link.fields.merge(plain_values(*walk.blueprint.mode, fields, form));
  freeze(walk.link, walk.blueprint, hooks_.public_url(), env_.random);
  const Secret state = random_secret(env_.random);
  BrowserStep step;
  step.browser = browser_secret(browser, env_.random);
  if (!link_store::begin(*tx, link_token, walk.link, state, step.browser)) throw other_browser();
  tx->commit();
  step.kind = BrowserStep::Kind::ToProvider;
  step.location = provider_url(walk.link, *walk.blueprint.provider, state);
  step.connection = std::move(walk.connection);
  return step;
}

BrowserStep Connector::complete(const AuthConfigId& auth_config, const Fields& answer,
                                std::string_view browser) {
  require_well_formed(answer);
  auto tx = database_.write();
  const Link link = take_link(*tx, find_field(answer, "state").value_or(""), browser, env_.clock.now());
  const auto blueprint = blueprint_of(*tx, catalog_, link);
  auto ending =
      blueprint ? refusal(link, auth_config, *blueprint->provider, answer) : configuration_changed();
  if (ending) return end_link(*tx, link, *ending);
  const ClientCredentials client = auth_config_store::open_client(*tx, link.auth_config);
  std::unique_ptr<HttpClient> reserved;
  const Env env = reserve(link.token_url, reserved);  // before the state is spent
  tx->commit();
  tx.reset();

  LinkEnding failure;
  auto grant = exchange_code(env, link, *blueprint, client, *find_field(answer, "code"), failure);
  tx = database_.write();
  return grant ? commit_link(*tx, link, *grant) : end_link(*tx, link, failure);
}

std::optional<Grant> Connector::exchange_code(const Env& env, const Link& link, const Blueprint& blueprint,
                                              const ClientCredentials& client, std::string_view code,
                                              LinkEnding& ending) {
  const Timestamp asked_at = env_.clock.now();
  RefreshOutcome outcome = TokenClient(env).exchange(*blueprint.provider, link.token_url, client, code,
                                                     link.code_verifier, link.redirect_uri);
  auto* granted = std::get_if<Refreshed>(&outcome);
  if (granted == nullptr) {
    env_.log.warn("link.exchange_failed", {{"connected_account_id", link.connection.str()},
                                           {"toolkit", link.toolkit},
                                           {"outcome", std::visit(Describe{}, outcome)}});
    ending = exchange_failed("The provider did not give a token for this sign-in.");
    return std::nullopt;
  }
  Grant grant{.fields = link.fields,
              .asked_at = asked_at,
              .refresh_lead = blueprint.provider->refresh_lead,
              .origin = "connect link"};
  grant.scopes = granted->tokens.scopes.empty() ? link.scopes : granted->tokens.scopes;
  grant.credential = std::move(granted->tokens);
  const ServiceProbe probe(env, hooks_.apply_credential, blueprint);
  const ProbeResult found = probe.discover(grant.credential, grant.fields);
  if (!std::holds_alternative<Accepted>(found)) {
    log_probe(env_.log, "link.discovery_failed", link, found);
    ending = exchange_failed("The service did not tell what is needed to work with this account.");
    return std::nullopt;
  }
  const ProbeResult identity = probe.identify(grant.credential, grant.fields);
  if (const auto* accepted = std::get_if<Accepted>(&identity)) {
    grant.identity = accepted->value;
  } else {
    log_probe(env_.log, "link.identity_unknown", link, identity);
  }
  return grant;
}

}  // namespace coffer
