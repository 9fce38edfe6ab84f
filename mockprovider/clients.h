#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::mock {

// An application that was registered at one provider.
struct Client {
  std::string provider;
  std::string client_id;
  std::string client_secret;  // empty: a public client
  std::string name;
  // Exact, but for http to a loopback address: there any port will do (RFC 8252 section 7.3).
  std::vector<std::string> redirect_uris;
  bool any_loopback_redirect = false;  // any http URI on a loopback address, whatever its path
};

bool allows_redirect(const Client& client, std::string_view redirect_uri);

class Clients {
 public:
  void add(Client client);  // replaces one of the same id
  const Client* find(std::string_view provider, std::string_view client_id) const;
  std::vector<Client> all() const;

 private:
  std::map<std::pair<std::string, std::string>, Client> clients_;  // by provider and id
};

// The client that the dev daemon uses at this provider; its secret follows from the seed.
Client managed_client(const std::string& provider, std::uint64_t seed);

}  // namespace coffer::mock
