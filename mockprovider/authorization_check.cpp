#include "mockprovider/authorization_check.h"

#include <algorithm>

#include "mockprovider/oauth_request.h"
#include "mockprovider/resources.h"
#include "mockprovider/scope_check.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kChallengeSize = 43;  // SHA-256 in base64url without padding

bool is_challenge(std::string_view text) {
  return text.size() == kChallengeSize && from_base64url(text).has_value();
}

bool needs_pkce(const Profile& profile, const Client& client) {
  return client.needs_pkce.value_or(profile.provider->pkce == Provider::Pkce::Required);
}

std::optional<Refusal> check_pkce(const Profile& profile, const Client& client, const Fields& parameters) {
  const std::string challenge = text_of(parameters, "code_challenge");
  const std::string method = text_of(parameters, "code_challenge_method");
  if (challenge.empty() && method.empty()) {
    if (!needs_pkce(profile, client)) return std::nullopt;
    return Refusal{"invalid_request", "code_challenge is missing"};
  }
  // An absent method means "plain" (RFC 7636 section 4.3), which protects nothing here.
  if (method != "S256") return Refusal{"invalid_request", "code_challenge_method has to be S256"};
  if (!is_challenge(challenge)) return Refusal{"invalid_request", "code_challenge is not a SHA-256 digest"};
  return std::nullopt;
}

std::optional<Refusal> check_response_type(const Profile& profile, const Fields& parameters) {
  const std::string type = text_of(parameters, "response_type");
  if (type.empty() && profile.needs_response_type)
    return Refusal{"invalid_request", "response_type is missing"};
  if (!type.empty() && type != "code") return Refusal{"unsupported_response_type", "only code is offered"};
  const std::string mode = text_of(parameters, "response_mode");
  if (!mode.empty() && mode != "query") return Refusal{"invalid_request", "response_mode has to be query"};
  return std::nullopt;
}

// OpenID Connect Core section 6: neither is offered, and ignoring them would change what was asked.
std::optional<Refusal> check_request_objects(const Fields& parameters) {
  if (find_field(parameters, "request")) return Refusal{"request_not_supported", "request is not known"};
  if (find_field(parameters, "registration"))
    return Refusal{"registration_not_supported", "registration is not known"};
  return std::nullopt;
}

// A hint of ours: how the person shall behave.
std::optional<Refusal> check_script(const Fields& parameters) {
  const std::string script = text_of(parameters, "mock_script");
  if (script.empty() || login_action(script)) return std::nullopt;
  return Refusal{"invalid_request", "mock_script is no login script"};
}

// OpenID Connect Core section 3.1.2.1: "none" goes with nothing else.
std::optional<Refusal> check_prompt(const Fields& parameters) {
  const auto prompts = split(text_of(parameters, "prompt"), ' ');
  if (std::find(prompts.begin(), prompts.end(), "none") == prompts.end()) return std::nullopt;
  if (prompts.size() > 1) return Refusal{"invalid_request", "prompt has none and something else"};
  return Refusal{"login_required", "nobody is signed in"};
}

std::optional<Refusal> find_refusal(const Tenant& tenant, const Profile& profile, const Client& client,
                                    const Fields& parameters, AskedBy asked_by) {
  if (has_duplicates(parameters)) return Refusal{"invalid_request", "a parameter comes twice"};
  if (!allows_grant(client, "authorization_code"))
    return Refusal{"unauthorized_client", "the client is not registered for authorization_code"};
  if (client.needs_pushed_request && asked_by == AskedBy::Browser)
    return Refusal{"invalid_request", "the client has to push its requests"};
  if (auto refusal = check_request_objects(parameters)) return refusal;
  if (auto refusal = check_response_type(profile, parameters)) return refusal;
  const std::string scope = text_of(parameters, profile.provider->scope_param);
  if (auto refusal = refuse_scope(profile, client, scope)) return refusal;
  const std::string companion = text_of(parameters, profile.companion_param);
  if (auto refusal = refuse_scope(profile, client, companion)) return refusal;
  if (auto refusal = check_pkce(profile, client, parameters)) return refusal;
  if (auto refusal = refuse_resources(tenant, texts_of(parameters, "resource"))) return refusal;
  if (auto refusal = check_script(parameters)) return refusal;
  return check_prompt(parameters);
}

std::optional<std::string> find_state(const Fields& parameters) {
  const auto state = find_field(parameters, "state");
  if (!state) return std::nullopt;
  return std::string(*state);
}

int count(const Fields& parameters, std::string_view name) {
  return static_cast<int>(std::count_if(parameters.begin(), parameters.end(),
                                        [&](const auto& field) { return field.first == name; }));
}

}  // namespace

CheckedAuthorization check_authorization(const Tenant& tenant, const Profile& profile, const Fields& sent,
                                         AskedBy asked_by) {
  const Fields parameters = profile.with_rfc_names(sent);
  const std::string client_id = text_of(parameters, "client_id");
  const std::string redirect_uri = text_of(parameters, "redirect_uri");
  const Client* client = tenant.clients.find(profile.id(), client_id);
  if (!client || count(parameters, "client_id") > 1) {
    return UntrustedRequest{"The client is not registered at this provider."};
  }
  if (redirect_uri.empty()) return UntrustedRequest{"The request has no redirect_uri."};
  if (count(parameters, "redirect_uri") > 1 || !allows_redirect(*client, redirect_uri)) {
    return UntrustedRequest{"The redirect_uri is not one that the client registered."};
  }
  const auto state = find_state(parameters);
  if (const auto refusal = find_refusal(tenant, profile, *client, parameters, asked_by)) {
    return AuthorizationError{redirect_uri, state, refusal->error, refusal->description};
  }
  AuthorizationRequest checked;
  checked.provider = profile.id();
  checked.client_id = client_id;
  checked.client_name = client->name.empty() ? client_id : client->name;
  checked.redirect_uri = redirect_uri;
  checked.state = state;
  checked.scopes = split_scopes(profile, text_of(parameters, profile.provider->scope_param));
  if (!profile.companion_param.empty())
    checked.companion_scopes = split_scopes(profile, text_of(parameters, profile.companion_param));
  checked.code_challenge = text_of(parameters, "code_challenge");
  checked.resources = texts_of(parameters, "resource");
  checked.nonce = text_of(parameters, "nonce");
  checked.prompt = text_of(parameters, "prompt");
  for (const auto& [name, value] : profile.offline_params) {
    checked.offline_params[name] = text_of(parameters, name);
  }
  checked.login_hint = text_of(parameters, "login_hint");
  checked.script = text_of(parameters, "mock_script");
  return checked;
}

}  // namespace coffer::mock
