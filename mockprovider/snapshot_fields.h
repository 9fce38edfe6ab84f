#pragma once

#include "mockprovider/account_data.h"
#include "mockprovider/tenant.h"

namespace coffer::mock {

// What of a tenant goes into a snapshot, told once for both directions. The bindings hold each
// struct to its number of members: whoever adds one has to say here that it is kept.
class SnapshotFields {
 public:
  template <class Visit>
  static void describe(Visit& visit, Tenant& tenant) {
    visit("accounts", tenant.accounts.accounts_);
    visit("clients", tenant.clients.clients_);
    visit("key_generations", tenant.keys.generations_);
    visit("signing_key_generations", tenant.signing_keys.generations_);
    visit("grants", tenant.grants);
    visit("pending", tenant.pending.pending_);
    visit("pushed", tenant.pushed.pushed_);
    visit("devices", tenant.devices);
    visit("scripts", tenant.scripts);
    visit("faults", tenant.faults);
    visit("journal", tenant.journal);
    visit("data", tenant.data.accounts_);
    visit("quotas", tenant.quotas);
    visit("refreshes_granted", tenant.refreshes_granted);
  }

  template <class Visit>
  static void describe(Visit& visit, Account& account) {
    auto& [email, name, password, is_locked] = account;
    visit("email", email);
    visit("name", name);
    visit("password", password);
    visit("is_locked", is_locked);
  }

  template <class Visit>
  static void describe(Visit& visit, Client& client) {
    auto& [provider, client_id, client_secret, name, redirect_uris, any_loopback_redirect, auth_method, scope,
           grant_types, needs_pkce, needs_pushed_request, has_jwt_access_tokens, id_token_algorithm,
           registration_token, registered_metadata, registered_at] = client;
    visit("provider", provider);
    visit("client_id", client_id);
    visit("client_secret", client_secret);
    visit("name", name);
    visit("redirect_uris", redirect_uris);
    visit("any_loopback_redirect", any_loopback_redirect);
    visit("auth_method", auth_method);
    visit("scope", scope);
    visit("grant_types", grant_types);
    visit("needs_pkce", needs_pkce);
    visit("needs_pushed_request", needs_pushed_request);
    visit("has_jwt_access_tokens", has_jwt_access_tokens);
    visit("id_token_algorithm", id_token_algorithm);
    visit("registration_token", registration_token);
    visit("registered_metadata", registered_metadata);
    visit("registered_at", registered_at);
  }

  template <class Visit>
  static void describe(Visit& visit, SigningKeys::Generations& generations) {
    auto& [newest, oldest] = generations;
    visit("newest", newest);
    visit("oldest", oldest);
  }

  template <class Visit>
  static void describe(Visit& visit, Grants& grants) {
    visit("codes", grants.codes_);
    visit("tokens", grants.tokens_);
    visit("families", grants.families_);
    visit("values_of_family", grants.values_of_family_);
    visit("families_of_consent", grants.families_of_consent_);
    visit("counter", grants.counter_);
  }

  template <class Visit>
  static void describe(Visit& visit, Grants::Code& code) {
    auto& [consent, id, expires_at, family, companion, is_used] = code;
    visit("consent", consent);
    visit("id", id);
    visit("expires_at", expires_at);
    visit("family", family);
    visit("companion", companion);
    visit("is_used", is_used);
  }

  template <class Visit>
  static void describe(Visit& visit, Consent& consent) {
    auto& [provider, client_id, account, scopes, redirect_uri, code_challenge, nonce, resources, signed_in_at,
           gives_refresh_token, access_lifetime, companion_scopes, is_companion] = consent;
    visit("provider", provider);
    visit("client_id", client_id);
    visit("account", account);
    visit("scopes", scopes);
    visit("redirect_uri", redirect_uri);
    visit("code_challenge", code_challenge);
    visit("nonce", nonce);
    visit("resources", resources);
    visit("signed_in_at", signed_in_at);
    visit("gives_refresh_token", gives_refresh_token);
    visit("access_lifetime", access_lifetime);
    visit("companion_scopes", companion_scopes);
    visit("is_companion", is_companion);
  }

  template <class Visit>
  static void describe(Visit& visit, Token& token) {
    auto& [kind, id, parent, family, scopes, resources, issued_at, expires_at, is_revoked, replaced_at,
           successor, last_used_at] = token;
    visit("kind", kind);
    visit("id", id);
    visit("parent", parent);
    visit("family", family);
    visit("scopes", scopes);
    visit("resources", resources);
    visit("issued_at", issued_at);
    visit("expires_at", expires_at);
    visit("is_revoked", is_revoked);
    visit("replaced_at", replaced_at);
    visit("successor", successor);
    visit("last_used_at", last_used_at);
  }

  template <class Visit>
  static void describe(Visit& visit, Family& family) {
    auto& [id, provider, client_id, account, scopes, resources, signed_in_at, access_lifetime, is_companion,
           created_at, access_ends, ended_because] = family;
    visit("id", id);
    visit("provider", provider);
    visit("client_id", client_id);
    visit("account", account);
    visit("scopes", scopes);
    visit("resources", resources);
    visit("signed_in_at", signed_in_at);
    visit("access_lifetime", access_lifetime);
    visit("is_companion", is_companion);
    visit("created_at", created_at);
    visit("access_ends", access_ends);
    visit("ended_because", ended_because);
  }

  template <class Visit>
  static void describe(Visit& visit, PendingAuthorization& pending) {
    auto& [request, account, expires_at] = pending;
    visit("request", request);
    visit("account", account);
    visit("expires_at", expires_at);
  }

  template <class Visit>
  static void describe(Visit& visit, AuthorizationRequest& request) {
    auto& [provider, client_id, client_name, redirect_uri, state, scopes, companion_scopes, resources,
           code_challenge, nonce, prompt, offline_params, login_hint, device_code, script] = request;
    visit("provider", provider);
    visit("client_id", client_id);
    visit("client_name", client_name);
    visit("redirect_uri", redirect_uri);
    visit("state", state);
    visit("scopes", scopes);
    visit("companion_scopes", companion_scopes);
    visit("resources", resources);
    visit("code_challenge", code_challenge);
    visit("nonce", nonce);
    visit("prompt", prompt);
    visit("offline_params", offline_params);
    visit("login_hint", login_hint);
    visit("device_code", device_code);
    visit("script", script);
  }

  template <class Visit>
  static void describe(Visit& visit, PushedRequests::Pushed& pushed) {
    auto& [request, expires_at] = pushed;
    visit("request", request);
    visit("expires_at", expires_at);
  }

  template <class Visit>
  static void describe(Visit& visit, DeviceAuthorizations& devices) {
    visit("waiting", devices.waiting_);
    visit("device_codes", devices.device_codes_);
  }

  template <class Visit>
  static void describe(Visit& visit, DeviceAuthorization& device) {
    auto& [provider, client_id, scopes, resources, user_code, interval, expires_at, polled_at, state,
           consent] = device;
    visit("provider", provider);
    visit("client_id", client_id);
    visit("scopes", scopes);
    visit("resources", resources);
    visit("user_code", user_code);
    visit("interval", interval);
    visit("expires_at", expires_at);
    visit("polled_at", polled_at);
    visit("state", state);
    visit("consent", consent);
  }

  template <class Visit>
  static void describe(Visit& visit, LoginScripts& scripts) {
    visit("list", scripts.scripts_);
    visit("counter", scripts.counter_);
  }

  template <class Visit>
  static void describe(Visit& visit, LoginScript& script) {
    auto& [id, provider, client_id, login_hint, action, account, refused_scopes, delay, count] = script;
    visit("id", id);
    visit("provider", provider);
    visit("client_id", client_id);
    visit("login_hint", login_hint);
    visit("action", action);
    visit("account", account);
    visit("refused_scopes", refused_scopes);
    visit("delay", delay);
    visit("count", count);
  }

  template <class Visit>
  static void describe(Visit& visit, FaultPlan& faults) {
    visit("list", faults.faults_);
    visit("counter", faults.counter_);
  }

  template <class Visit>
  static void describe(Visit& visit, Fault& fault) {
    auto& [id, match, nth, count, from, until, probability, seed, action, action_name, status, headers, body,
           retry_after, retry_after_is_date, fields, member, value, location, latency, latency_is_virtual,
           hang_for, seen, hits] = fault;
    visit("id", id);
    visit("match", match);
    visit("nth", nth);
    visit("count", count);
    visit("from", from);
    visit("until", until);
    visit("probability", probability);
    visit("seed", seed);
    visit("action", action);
    visit("action_name", action_name);
    visit("status", status);
    visit("headers", headers);
    visit("body", body);
    visit("retry_after", retry_after);
    visit("retry_after_is_date", retry_after_is_date);
    visit("fields", fields);
    visit("member", member);
    visit("value", value);
    visit("location", location);
    visit("latency", latency);
    visit("latency_is_virtual", latency_is_virtual);
    visit("hang_for", hang_for);
    visit("seen", seen);
    visit("hits", hits);
  }

  template <class Visit>
  static void describe(Visit& visit, RequestFacets& facets) {
    auto& [endpoint, provider, client_id, account] = facets;
    visit("endpoint", endpoint);
    visit("provider", provider);
    visit("client_id", client_id);
    visit("account", account);
  }

  template <class Visit>
  static void describe(Visit& visit, HttpHeader& header) {
    auto& [name, value] = header;
    visit("name", name);
    visit("value", value);
  }

  template <class Visit>
  static void describe(Visit& visit, Journal& journal) {
    visit("entries", journal.entries_);
    visit("counter", journal.counter_);
  }

  template <class Visit>
  static void describe(Visit& visit, JournalEntry& entry) {
    auto& [number, at, method, path, endpoint, provider, toolkit, tool, account, client_id, parameters,
           status, error, family, parent, access_id, refresh_id, fault, answer, request_headers,
           answer_headers] = entry;
    visit("number", number);
    visit("at", at);
    visit("method", method);
    visit("path", path);
    visit("endpoint", endpoint);
    visit("provider", provider);
    visit("toolkit", toolkit);
    visit("tool", tool);
    visit("account", account);
    visit("client_id", client_id);
    visit("parameters", parameters);
    visit("status", status);
    visit("error", error);
    visit("family", family);
    visit("parent", parent);
    visit("access_id", access_id);
    visit("refresh_id", refresh_id);
    visit("fault", fault);
    visit("answer", answer);
    visit("request_headers", request_headers);
    visit("answer_headers", answer_headers);
  }

  template <class Visit>
  static void describe(Visit& visit, AccountData& data) {
    auto& [stores, counters] = data;
    visit("stores", stores);
    visit("counters", counters);
  }

  template <class Visit>
  static void describe(Visit& visit, Quotas& quotas) {
    visit("limits", quotas.limits_);
    visit("uses", quotas.uses_);
  }

  template <class Visit>
  static void describe(Visit& visit, Quota& quota) {
    auto& [toolkit, account, limit, window] = quota;
    visit("toolkit", toolkit);
    visit("account", account);
    visit("limit", limit);
    visit("window", window);
  }

  template <class Visit>
  static void describe(Visit& visit, Quotas::Use& use) {
    auto& [begins_at, count] = use;
    visit("begins_at", begins_at);
    visit("count", count);
  }

  // Every token has its family, and every value in a list its token: the rest relies on it.
  static bool is_whole(const Tenant& tenant);
};

}  // namespace coffer::mock
