// What the vault makes of every way in which a person can answer at the provider.
#include <catch2/catch.hpp>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "mockprovider/login_scripts.h"
#include "tests/support/local_daemon.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

// user_1 on the way to a Mock account; the provider answers by a script, once.
struct SignIn {
  LocalDaemon daemon;
  LocalDaemon::Link link = daemon.create_link("user_1", "mock");
  FormBrowser browser = daemon.browser();

  explicit SignIn(const std::string& action, Json script = Json::object()) {
    script.update({{"action", action}, {"count", 1}});
    REQUIRE(daemon.mock_call("POST", "/_mock/scripts", script).status == 200);
  }

  BrowserPage go() { return browser.submit(browser.open(link.url), "Continue"); }
  // The same while the provider holds its answer back; returns when it does.
  std::future<BrowserPage> begin() {
    auto page = std::async(std::launch::async, [this] { return go(); });
    while (!daemon.mock_call("GET", "/_mock/scripts").body["scripts"].empty()) std::this_thread::yield();
    return page;
  }

  Json account() { return daemon.call("GET", "/api/v3/connected_accounts/" + link.account).body; }
  std::string status() { return account()["status"]; }
  std::string reason() {
    return account().value("status_reason", Json("")).is_string()
               ? account()["status_reason"].get<std::string>()
               : "";
  }
  std::size_t codes_presented() {
    return daemon.mock_call("GET", "/_mock/journal?endpoint=token").body["entries"].size();
  }
  std::size_t events() { return daemon.call("GET", "/_coffer/events").body["items"].size(); }
};

bool says(const BrowserPage& page, std::string_view words) {
  return page.html.find(words) != std::string::npos;
}

void allowed() {
  SignIn sign_in("auto");
  const BrowserPage page = sign_in.go();
  CHECK(page.status == 200);
  CHECK(says(page, "Mock is connected as alice@example.com for user_1."));
  CHECK(sign_in.status() == "ACTIVE");
  CHECK(sign_in.codes_presented() == 1);
}

void denied() {
  SignIn sign_in("deny");
  const BrowserPage page = sign_in.go();
  CHECK(page.status == 403);
  CHECK(says(page, "The request was denied at the provider."));
  CHECK(sign_in.status() == "FAILED");
  CHECK(sign_in.reason() == reason::kDenied);
  CHECK(sign_in.codes_presented() == 0);
  CHECK(sign_in.events() == 0);
}

void abandoned() {
  SignIn sign_in("abandon");
  sign_in.go();
  CHECK(sign_in.status() == "INITIATED");
  sign_in.daemon.advance("11m");
  CHECK(sign_in.status() == "EXPIRED");
  CHECK(sign_in.reason() == reason::kNotCompleted);
  CHECK(sign_in.events() == 0);
  const BrowserPage page = sign_in.browser.open(sign_in.link.url);
  CHECK(page.status == 410);
  CHECK(says(page, "Ask the application for a new link."));
}

void slow_within_the_link() {
  SignIn sign_in("slow", {{"delay", "9m"}});
  auto page = sign_in.begin();
  sign_in.daemon.advance("9m");
  CHECK(page.get().status == 200);
  CHECK(sign_in.status() == "ACTIVE");
}

void wrong_state() {
  SignIn sign_in("wrong_state");
  const BrowserPage page = sign_in.go();
  CHECK(page.status == 400);
  CHECK(says(page, "No sign-in waits for this answer"));
  CHECK(sign_in.codes_presented() == 0);
  CHECK(sign_in.status() == "INITIATED");
  sign_in.browser.connect(sign_in.link.url, "alice@example.com");  // somebody else's answer ends nothing
  CHECK(sign_in.status() == "ACTIVE");
}

void issuer_mismatch() {
  SignIn sign_in("issuer_mismatch");
  const BrowserPage page = sign_in.go();
  CHECK(page.status == 502);
  CHECK(says(page, "The answer does not come from the provider that was asked."));
  CHECK(sign_in.codes_presented() == 0);  // it may be another server's code
  CHECK(sign_in.status() == "FAILED");
  CHECK(sign_in.reason() == reason::kProviderError);
}

std::string callback_in(const BrowserPage& page) {
  const std::string before = "<img src=\"";
  const std::size_t begin = page.html.find(before);
  REQUIRE(begin != std::string::npos);
  const std::size_t first = begin + before.size();
  std::string url = page.html.substr(first, page.html.find('"', first) - first);
  for (std::size_t at = url.find("&amp;"); at != std::string::npos; at = url.find("&amp;"))
    url.erase(at + 1, 4);
  return url;
}

void duplicate_callback() {
  SignIn sign_in("duplicate_callback");
  const std::string callback = callback_in(sign_in.go());
  CHECK(says(sign_in.browser.open(callback), "Mock is connected"));
  const BrowserPage again = sign_in.browser.open(callback);
  CHECK(again.status == 400);
  CHECK(says(again, "If you have just connected, all is well"));
  CHECK(sign_in.codes_presented() == 1);  // a second presentation would revoke what the first gave
  CHECK(sign_in.status() == "ACTIVE");
  CHECK(sign_in.daemon.execute("user_1", "MOCK_WHOAMI", Json::object()).body["successful"] == true);
}

const std::map<std::string, void (*)()>& answers() {
  static const std::map<std::string, void (*)()> kAnswers = {
      {"allow", allowed},
      {"auto", allowed},
      {"deny", denied},
      {"abandon", abandoned},
      {"slow", slow_within_the_link},
      {"wrong_state", wrong_state},
      {"issuer_mismatch", issuer_mismatch},
      {"duplicate_callback", duplicate_callback},
  };
  return kAnswers;
}

}  // namespace

TEST_CASE("every login script has the vault's answer", "[flow][script]") {
  const auto known = mock::login_actions();
  const std::string script = GENERATE_COPY(from_range(known));
  CAPTURE(script);
  const auto found = answers().find(script);
  if (found == answers().end()) FAIL("nobody says what the vault answers to the login script " << script);
  found->second();
}

TEST_CASE("consent that comes after the link's ten minutes connects nothing", "[flow][script]") {
  SignIn sign_in("slow", {{"delay", "11m"}});
  auto page = sign_in.begin();
  sign_in.daemon.advance("11m");
  const BrowserPage end = page.get();
  CHECK(end.status == 410);
  CHECK(says(end, "This link has been used or has ended."));
  CHECK(sign_in.codes_presented() == 0);
  CHECK(sign_in.status() == "EXPIRED");
  CHECK(sign_in.reason() == reason::kNotCompleted);
  CHECK(sign_in.events() == 0);
}
