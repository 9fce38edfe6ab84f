#pragma once

#include <map>
#include <string>

#include "vault/base/encoding.h"
#include "vault/base/http.h"

namespace coffer::testing {

struct BrowserPage {
  int status = 0;
  std::string url;  // where it ended
  std::string html;
};

// A user's browser without JavaScript: follows redirects, keeps cookies by host and port, fills
// in the first form of a page. A redirect to `stop_at` (a prefix) is not fetched: the page then
// has status 0 and that URL.
class FormBrowser {
 public:
  explicit FormBrowser(HttpClient& http, std::string stop_at = {})
      : http_(http), stop_at_(std::move(stop_at)) {}

  BrowserPage open(const std::string& url);
  // Submits the page's form with its hidden fields, `values` and the button whose text is
  // `button`. Throws std::runtime_error when the page has no such button.
  BrowserPage submit(const BrowserPage& page, const std::string& button, const Fields& values = {});

  // The whole walk of a Connect Link: continue, sign in if asked, allow.
  BrowserPage connect(const std::string& link, const std::string& email,
                      const std::string& password = "password");

 private:
  BrowserPage fetch(std::string method, std::string url, std::string body);
  HttpResponse exchange(const std::string& method, const std::string& url, const std::string& body);

  HttpClient& http_;
  std::string stop_at_;
  std::map<std::string, std::map<std::string, std::string>> cookies_;  // by origin
};

}  // namespace coffer::testing
