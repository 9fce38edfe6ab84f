#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mockprovider/private_key.h"
#include "vault/base/clock.h"

namespace coffer::mock {

// An application that was registered at one provider.
struct Client {
  std::string provider;
  std::string client_id;
  std::string client_secret;  // empty: a public client
  std::string name;
  // Exact, but for http to a loopback address: there any port will do (RFC 8252 section 7.3).
  std::vector<std::string> redirect_uris;
  bool any_loopback_redirect = false;         // any http URI on a loopback address, whatever its path
  std::string auth_method;                    // RFC 7591 section 2; empty: any that the provider takes
  std::string scope;                          // the most it may ask for; empty: anything
  std::vector<std::string> grant_types;       // empty: all that the provider knows
  std::optional<bool> needs_pkce;             // absent: as the provider says
  bool needs_pushed_request = false;          // RFC 9126 section 6
  std::optional<bool> has_jwt_access_tokens;  // absent: as the provider says
  SigningAlgorithm id_token_algorithm = SigningAlgorithm::RS256;
  // Of a client that registered itself (RFC 7591); empty for others.
  std::string registration_token;
  std::string registered_metadata;  // JSON object
  Timestamp registered_at;
};

bool allows_grant(const Client& client, std::string_view grant_type);
bool allows_redirect(const Client& client, std::string_view redirect_uri);

class Clients {
 public:
  void add(Client client);  // replaces one of the same id; throws TooLarge beyond 10000
  void remove(std::string_view provider, std::string_view client_id);
  const Client* find(std::string_view provider, std::string_view client_id) const;
  // For providers that know their clients by the secret alone.
  const Client* find_by_secret(std::string_view provider, std::string_view secret) const;
  std::vector<Client> all() const;

 private:
  friend class SnapshotFields;
  std::map<std::pair<std::string, std::string>, Client> clients_;  // by provider and id
};

// The client that the dev daemon uses at this provider; its secret follows from the seed.
Client managed_client(const std::string& provider, std::uint64_t seed);

}  // namespace coffer::mock
