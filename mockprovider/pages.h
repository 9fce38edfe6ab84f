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
  std::string text;           // the provider's own sentence, may be empty
  std::string redirect_host;  // empty: a device waits, and nobody is sent back
  std::string redirect_scheme;
  std::vector<std::string> scopes;
  std::vector<std::string> choices;  // those of them that the person has to tick one by one
};
ServerResponse consent_page(const ConsentPage& page);

// Where a person types what a device shows (RFC 8628 section 3.3).
struct DevicePage {
  std::string provider_name;
  std::string action;
  std::string user_code;  // what is known of it already
  std::string problem;    // empty: first try
};
ServerResponse device_page(const DevicePage& page);

// The end of a walk that leads back to no client.
ServerResponse message_page(const std::string& title, const std::string& text);

// For whatever must not be sent back to the client.
ServerResponse problem_page(int status, const std::string& title, const std::string& problem);

// Sends the browser to the client's callback twice: once within the page, then as a whole.
ServerResponse twice_page(const std::string& callback);

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
