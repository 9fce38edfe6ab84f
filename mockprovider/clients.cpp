#include "mockprovider/clients.h"

#include <algorithm>

#include "mockprovider/digest.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer::mock {
namespace {

bool is_loopback_http(std::string_view uri) {
  const auto host = host_of(uri);
  return host && is_loopback_host(*host) && equals_ignoring_case(uri.substr(0, 7), "http://");
}

// "http://127.0.0.1:8123/cb?x" -> "http://127.0.0.1/cb?x"
std::string without_port(std::string_view uri) {
  const std::size_t authority = uri.find("://") + 3;
  const std::size_t path = std::min(uri.find_first_of("/?", authority), uri.size());
  const std::string_view host = uri.substr(authority, path - authority);
  const std::size_t colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
  return std::string(uri.substr(0, authority)).append(host.substr(0, colon)).append(uri.substr(path));
}

bool is_same_redirect(std::string_view registered, std::string_view asked) {
  if (registered == asked) return true;
  return is_loopback_http(registered) && is_loopback_http(asked) &&
         without_port(registered) == without_port(asked);
}

}  // namespace

bool allows_redirect(const Client& client, std::string_view redirect_uri) {
  if (redirect_uri.empty() || redirect_uri.find('#') != std::string_view::npos) return false;
  if (client.any_loopback_redirect && is_loopback_http(redirect_uri)) return true;
  return std::any_of(
      client.redirect_uris.begin(), client.redirect_uris.end(),
      [&](const std::string& registered) { return is_same_redirect(registered, redirect_uri); });
}

bool allows_grant(const Client& client, std::string_view grant_type) {
  const auto& types = client.grant_types;
  return types.empty() || std::find(types.begin(), types.end(), grant_type) != types.end();
}

void Clients::add(Client client) {
  constexpr std::size_t kMaxClients = 10'000;
  if (clients_.size() >= kMaxClients) {
    throw Error(ErrorCode::TooLarge, "more than 10000 clients are registered", "reset the mock provider");
  }
  auto key = std::make_pair(client.provider, client.client_id);
  clients_.insert_or_assign(std::move(key), std::move(client));
}

void Clients::remove(std::string_view provider, std::string_view client_id) {
  clients_.erase({std::string(provider), std::string(client_id)});
}

const Client* Clients::find(std::string_view provider, std::string_view client_id) const {
  const auto found = clients_.find({std::string(provider), std::string(client_id)});
  return found == clients_.end() ? nullptr : &found->second;
}

const Client* Clients::find_by_secret(std::string_view provider, std::string_view secret) const {
  if (secret.empty()) return nullptr;
  const auto found = std::find_if(clients_.begin(), clients_.end(), [&](const auto& entry) {
    return entry.second.provider == provider && entry.second.client_secret == secret;
  });
  return found == clients_.end() ? nullptr : &found->second;
}

std::vector<Client> Clients::all() const {
  std::vector<Client> all;
  for (const auto& [key, client] : clients_) all.push_back(client);
  return all;
}

Client managed_client(const std::string& provider, std::uint64_t seed) {
  Client client;
  client.provider = provider;
  client.client_id = "coffer-dev-" + provider;
  client.client_secret =
      "mcs_" + to_base64url(sha256("client secret|" + std::to_string(seed) + "|" + provider));
  client.name = "coffer dev";
  client.any_loopback_redirect = true;
  return client;
}

}  // namespace coffer::mock
