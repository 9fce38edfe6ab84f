#pragma once

#include <string>
#include <vector>

#include "mockprovider/accounts.h"
#include "mockprovider/clients.h"
#include "mockprovider/grants.h"
#include "vault/net/router.h"

namespace coffer::mock {

// All grants with the buttons to spoil them, and those of accounts, clients and signing keys.
struct BoardPage {
  struct Grant {
    Family family;
    std::vector<Token> tokens;
  };
  std::string base;  // path of the controls
  std::string now;   // of the tenant's clock
  std::vector<Grant> grants;
  std::vector<Account> accounts;
  std::vector<Client> clients;
  std::vector<std::string> providers;
};
ServerResponse board_page(const BoardPage& page);

}  // namespace coffer::mock
