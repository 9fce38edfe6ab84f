#pragma once

#include <string>
#include <vector>

#include "vault/net/router.h"

namespace coffer::mock {

// The pages a person sees: server-rendered, no script, one style sheet from the same origin.
// Every text is escaped. All carry the ribbon "Mock provider - no real account".

struct LoginPage {
  std::string provider_name;
  std::string app_name;
  std::string action;                 // where the form goes
  std::string transaction;            // hidden field
  std::string email;                  // what was typed before, or the login hint
  std::string problem;                // empty: first try
  std::vector<std::string> accounts;  // addresses to choose from
};
ServerResponse login_page(const LoginPage& page);

struct ConsentPage {
  std::string provider_name;
  std::string app_name;
  std::string account;
  std::string action;
  std::string transaction;
  std::string text;  // the provider's own sentence, may be empty
  std::string redirect_host;
  std::string redirect_scheme;
  std::vector<std::string> scopes;
};
ServerResponse consent_page(const ConsentPage& page);

// For whatever must not be sent back to the client.
ServerResponse problem_page(int status, const std::string& title, const std::string& problem);

// What is served here: one line per provider and toolkit.
struct IndexPage {
  struct Entry {
    std::string name;
    std::string url;
  };
  std::vector<Entry> providers;
  std::vector<Entry> toolkits;
  std::vector<std::string> accounts;
};
ServerResponse index_page(const IndexPage& page);

ServerResponse style_sheet();

}  // namespace coffer::mock
