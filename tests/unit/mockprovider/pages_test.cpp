#include "mockprovider/pages.h"

#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

int count(const std::string& html, const std::string& part) {
  int found = 0;
  for (std::size_t at = html.find(part); at != std::string::npos; at = html.find(part, at + 1)) ++found;
  return found;
}

bool has(const ServerResponse& page, const std::string& part) {
  return page.body.find(part) != std::string::npos;
}

std::string transaction_of(const ServerResponse& page) {
  const std::string marker = "name=\"transaction\" value=\"";
  const std::size_t begin = page.body.find(marker) + marker.size();
  return page.body.substr(begin, page.body.find('"', begin) - begin);
}

struct Walk : MockWorld {
  ServerResponse login = get(authorize_target("mockidp"));

  ServerResponse sign_in(const std::string& email, const std::string& password) {
    return post_form("/mock/mockidp/login",
                     {{"transaction", transaction_of(login)}, {"email", email}, {"password", password}});
  }
  ServerResponse decide(const ServerResponse& consent, Fields form) {
    form.emplace_back("transaction", transaction_of(consent));
    return post_form("/mock/mockidp/consent", form);
  }
};

}  // namespace

TEST_CASE("every page says that it is a mock, has one heading and its protections", "[pages]") {
  Walk walk;
  std::vector<ServerResponse> pages;
  pages.push_back(walk.get("/"));
  pages.push_back(walk.login);
  pages.push_back(walk.sign_in("alice@example.com", "wrong"));
  pages.push_back(walk.sign_in("alice@example.com", "password"));
  pages.push_back(walk.get(walk.authorize_target("mockidp", {{"client_id", "nobody"}})));
  for (const auto& page : pages) {
    CAPTURE(page.body);
    CHECK(has(page, "<html lang=\"en\">"));
    CHECK(has(page, "Mock provider - no real account"));
    CHECK(count(page.body, "<h1>") == 1);
    CHECK(count(page.body, "<script") == 0);
    CHECK(count(page.body, "style=") == 0);
    CHECK(count(page.body, "<label for=") == count(page.body, "<input id=") +
                                                 count(page.body, "<select id=") +
                                                 count(page.body, "<input type=\"checkbox\" id="));
    const std::string policy = header_of(page, "Content-Security-Policy");
    CHECK(policy.starts_with("default-src 'none'; style-src 'self';"));
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(header_of(page, "Cache-Control") == "no-store");
    CHECK(header_of(page, "Referrer-Policy") == "no-referrer");
    CHECK(header_of(page, "X-Content-Type-Options") == "nosniff");
  }
}

TEST_CASE("the style sheet comes from the same origin", "[pages]") {
  MockWorld world;
  const ServerResponse css = world.get("/_mock/style.css");
  CHECK(css.status == 200);
  CHECK(header_of(css, "Content-Type").starts_with("text/css"));
}

TEST_CASE("the login page has the inputs and the button that form fillers look for", "[pages]") {
  Walk walk;
  CHECK(walk.login.status == 200);
  CHECK(has(walk.login, "name=\"email\""));
  CHECK(has(walk.login, "name=\"password\" type=\"password\" autocomplete=\"current-password\""));
  CHECK(has(walk.login, ">Sign in</button>"));
  CHECK(has(walk.login, "alice@example.com"));
}

TEST_CASE("a wrong password shows the form again with what was typed", "[pages]") {
  Walk walk;
  const ServerResponse page = walk.sign_in("alice@example.com", "wrong");
  CHECK(page.status == 403);
  CHECK(has(page, "role=\"alert\""));
  CHECK(has(page, "aria-describedby=\"problem\""));
  CHECK(has(page, "value=\"alice@example.com\""));
  CHECK_FALSE(has(page, "wrong\""));
  CHECK(walk.sign_in("nobody@example.com", "password").status == 403);
  CHECK(walk.sign_in("ALICE@example.com", "password").status == 200);
}

TEST_CASE("the consent page names application, account, scopes and the host that it leads to", "[pages]") {
  Walk walk;
  const ServerResponse page = walk.sign_in("bob@example.com", "password");
  for (const char* part : {"coffer dev", "bob@example.com", "<code>read</code>", "<code>write</code>",
                           "127.0.0.1", ">Allow</button>", ">Deny</button>"}) {
    CAPTURE(part);
    CHECK(has(page, part));
  }
}

TEST_CASE("what the client sends is shown as text, never as markup", "[pages]") {
  MockWorld world;
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"},
                 {"client_id", "x"},
                 {"name", "<script>alert(1)</script>"},
                 {"any_loopback_redirect", true}});
  const ServerResponse login =
      world.get(world.authorize_target("mockidp", {{"client_id", "x"}, {"login_hint", "\"><img src=x>"}}));
  CHECK(has(login, "&lt;script&gt;"));
  CHECK_FALSE(has(login, "<script"));
  CHECK_FALSE(has(login, "<img"));
}

TEST_CASE("a login page is answered once", "[pages]") {
  Walk walk;
  const ServerResponse consent = walk.sign_in("alice@example.com", "password");
  CHECK(walk.decide(consent, {{"decision", "allow"}}).status == 303);
  const ServerResponse again = walk.decide(consent, {{"decision", "allow"}});
  CHECK(again.status == 400);
  CHECK(header_of(again, "Location").empty());
}

TEST_CASE("consent without a login is no consent", "[pages]") {
  Walk walk;
  CHECK(walk.decide(walk.login, {{"decision", "allow"}}).status == 400);
}

TEST_CASE("only the word allow allows", "[pages]") {
  Walk walk;
  const ServerResponse consent = walk.sign_in("alice@example.com", "password");
  const ServerResponse answer = walk.decide(consent, {{"decision", "yes"}});
  CHECK(header_of(answer, "Location").find("error=access_denied") != std::string::npos);
}

TEST_CASE("the person may leave scopes out, shorten the token or answer with an error", "[pages]") {
  Walk walk;
  const ServerResponse consent = walk.sign_in("alice@example.com", "password");
  SECTION("fewer scopes and a short life") {
    const ServerResponse answer =
        walk.decide(consent, {{"decision", "allow"}, {"refuse", "write"}, {"expires_in", "5"}});
    const Fields fields = MockWorld::answer_of_redirect(header_of(answer, "Location"));
    const Json tokens = parse_json(walk.redeem("mockidp", std::string(*find_field(fields, "code"))).body);
    CHECK(tokens["scope"] == "read");
    CHECK(tokens["expires_in"] == 5);
  }
  SECTION("an error") {
    const ServerResponse answer = walk.decide(consent, {{"decision", "allow"}, {"error", "server_error"}});
    CHECK(header_of(answer, "Location").find("error=server_error") != std::string::npos);
  }
}

TEST_CASE("a page that waited for half an hour is over", "[pages]") {
  Walk walk;
  walk.clock.advance(std::chrono::minutes(30));
  CHECK(walk.sign_in("alice@example.com", "password").status == 400);
}

TEST_CASE("the way back to an application's own scheme stays open", "[pages]") {
  MockWorld world;
  world.control(
      "POST", "/_mock/clients",
      {{"provider", "mockidp"}, {"client_id", "native"}, {"redirect_uris", {"com.example.app:/cb"}}});
  const Fields change = {{"client_id", "native"}, {"redirect_uri", "com.example.app:/cb"}};
  const ServerResponse login = world.get(world.authorize_target("mockidp", change));
  const ServerResponse consent = world.post_form(
      "/mock/mockidp/login",
      {{"transaction", transaction_of(login)}, {"email", "alice@example.com"}, {"password", "password"}});
  CHECK(header_of(consent, "Content-Security-Policy")
            .find("form-action 'self' http: https: com.example.app:") != std::string::npos);
}
