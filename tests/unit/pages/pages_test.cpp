#include "vault/api/pages/pages.h"

#include <regex>

#include "tests/unit/connect/connect_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

class Site {
 public:
  Site() {
    api::add_page_routes(router, {.connector = vault.connector,
                                  .catalog = vault.catalog,
                                  .clock = vault.env.clock,
                                  .public_url = [this] { return vault.public_url; },
                                  .application_name = [this] { return application; }});
  }

  ServerResponse send(const std::string& method, const std::string& target, const std::string& body = {},
                      HttpHeaders headers = {}) {
    ServerRequest request;
    request.method = method;
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    if (const auto query = target.find('?'); query != std::string::npos) {
      request.query = parse_form(target.substr(query + 1)).value_or(Fields());
    }
    request.headers = std::move(headers);
    if (request.header("host").empty()) request.headers.push_back({"Host", host});
    if (method == "POST") request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    if (!cookie.empty()) request.headers.push_back({"Cookie", cookie});
    request.body = body;
    ServerResponse response = router.handle(request);
    const std::string_view set = header_value(response.headers, "set-cookie");
    if (!set.empty()) cookie = set.substr(0, set.find(';'));
    return response;
  }
  ServerResponse get(const std::string& target) { return send("GET", target); }
  ServerResponse post(const std::string& target, const Fields& form, HttpHeaders headers = {}) {
    return send("POST", target, build_form(form), std::move(headers));
  }

  static std::string path_of(const ConnectLink& link) { return "/link/" + std::string(link.token.expose()); }
  // Where the provider sends the browser after the POST, with this answer.
  static std::string callback(const ServerResponse& redirect, Fields answer,
                              const std::string& config = "ac_acme") {
    const std::string location(header_value(redirect.headers, "location"));
    answer.emplace_back("state", ConnectFixture::url_parameter(location, "state"));
    return "/oauth/callback/" + config + "?" + build_form(answer);
  }

  ConnectFixture vault;
  Router router;
  std::string host = "127.0.0.1:9900";
  std::string cookie;
  std::string application;
};

std::string header(const ServerResponse& response, std::string_view name) {
  return std::string(header_value(response.headers, name));
}

std::string form_action(const ServerResponse& response) {
  const std::string policy = header(response, "content-security-policy");
  const std::size_t at = policy.find("form-action ");
  return at == std::string::npos ? "" : policy.substr(at + 12);
}

bool holds(const ServerResponse& response, const std::string& text) {
  return response.body.find(text) != std::string::npos;
}

std::string title(const ServerResponse& response) {
  std::smatch match;
  return std::regex_search(response.body, match, std::regex("<title>([^<]*)</title>")) ? match[1].str() : "";
}

const Fields kGo = {{"_step", "go"}};
const Fields kCancel = {{"_step", "cancel"}};

}  // namespace

TEST_CASE("a sign-in link says who asks for what and where its button leads") {
  Site site;
  ConnectRequest request;
  request.callback_url = "https://app.example/done?secret=1";
  const ConnectLink link = site.vault.link("acme", request);
  const ServerResponse page = site.get(Site::path_of(link));
  CHECK(page.status == 200);
  CHECK(title(page) == "Connect - Acme");
  CHECK(holds(page, "<html lang=\"en\">"));
  CHECK(holds(page, "<h1>Connect Acme</h1>"));
  CHECK(holds(page, "<dt>Asked by</dt><dd>coffer at 127.0.0.1:9900</dd>"));
  CHECK(holds(page, "<dd>user_1</dd>"));
  CHECK(holds(page, "<dd>id.acme.example</dd>"));
  CHECK(holds(page, "back to app.example"));
  CHECK_FALSE(holds(page, "secret=1"));
  CHECK(holds(page, "<li>read</li>"));
  CHECK(holds(page, "Continue to Acme ID</button>"));
  CHECK(holds(page, "Cancel</button>"));
  CHECK(holds(page, "for 10 minutes more"));
  CHECK_FALSE(holds(page, "<script"));
  CHECK_FALSE(holds(page, "style="));
}

TEST_CASE("an application that has a name is called by it, as text") {
  Site site;
  site.application = "Desk <b>& Co</b>";
  const std::string toolkit = GENERATE(as<std::string>(), "acme", "keyco");
  const ServerResponse page = site.get(Site::path_of(site.vault.link(toolkit)));
  CHECK(holds(page, "<dd>Desk &lt;b&gt;&amp; Co&lt;/b&gt; at 127.0.0.1:9900</dd>"));
}

TEST_CASE("a HEAD of the callback completes nothing") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  const std::string target = Site::callback(site.post(Site::path_of(link), kGo), {{"code", "c"}});
  CHECK(site.send("HEAD", target).status == 204);
  site.vault.env.http.answer(200, R"({"access_token":"at","token_type":"Bearer"})");
  CHECK(site.get(target).status == 200);
}

TEST_CASE("a scope is shown in words and as the provider writes it") {
  Site site;
  site.vault.change("acme",
                    [](AuthConfig& config) { config.scopes = {"https://acme.example/auth/mail.read"}; });
  const ServerResponse page = site.get(Site::path_of(site.vault.link("acme")));
  CHECK(holds(page, "<li>mail read <code>https://acme.example/auth/mail.read</code></li>"));
}

TEST_CASE("every page forbids scripts, storing, framing and telling others where it was") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  const auto target = GENERATE_REF(Site::path_of(link), std::string("/link/lk_unknown"),
                                   std::string("/oauth/callback/ac_acme?code=c&state=s"));
  const ServerResponse page = site.get(target);
  CAPTURE(target);
  const std::string policy = header(page, "content-security-policy");
  CHECK(policy.find("default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
                    "frame-ancestors 'none'; form-action ") == 0);
  CHECK(policy.find("script-src") == std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(header(page, "cache-control") == "no-store");
  CHECK(header(page, "x-content-type-options") == "nosniff");
  CHECK(header(page, "cross-origin-opener-policy") == "same-origin");
  CHECK(header(page, "content-type") == "text/html; charset=utf-8");
  const bool has_form = page.status == 200;
  CHECK(header(page, "referrer-policy") == (has_form ? "same-origin" : "no-referrer"));
  if (!has_form) CHECK(form_action(page) == "'none'");
}

TEST_CASE("a form may lead to the provider and back to the app, and a form for a key to the app alone") {
  Site site;
  const auto [toolkit, callback, sources] = GENERATE(table<std::string, std::string, std::string>({
      {"acme", "", "'self' https://id.acme.example https:"},
      {"acme", "https://app.example:8443/x",
       "'self' https://id.acme.example https: https://app.example:8443"},
      {"acme", "http://localhost:3000/x",
       "'self' https://id.acme.example https: http://localhost:3000 http://127.0.0.1:* http://localhost:*"},
      {"openco", "", "'self'"},
      {"openco", "https://app.example/x", "'self'"},
      {"openco", "http://[::1]:3000/x", "'self' http://127.0.0.1:* http://localhost:* http:"},
  }));
  CAPTURE(toolkit, callback);
  ConnectRequest request;
  request.callback_url = callback;
  const ServerResponse page = site.get(Site::path_of(site.vault.link(toolkit, request)));
  CHECK(form_action(page) == sources);
}

TEST_CASE("opening a link changes nothing, however often it is opened") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  for (int i = 0; i < 3; ++i) CHECK(header(site.get(Site::path_of(link)), "set-cookie").empty());
  CHECK(site.vault.connector.view(link.token.expose()).state == link_store::State::Fresh);
  CHECK(site.vault.account(link.connection.id).updated_at == link.connection.updated_at);
}

TEST_CASE("what others wrote is shown as text") {
  Site site;
  ConnectRequest request;
  request.user = UserId("<script>alert(1)</script>\"'&");
  const ServerResponse page = site.get(Site::path_of(site.vault.link("acme", request)));
  CHECK_FALSE(holds(page, "<script"));
  CHECK(holds(page, "&lt;script&gt;"));

  const ConnectLink desk = site.vault.link("deskco");
  const ServerResponse again =
      site.post(Site::path_of(desk), {{"_step", "go"}, {"username", "\"><img src=x>"}, {"subdomain", "<b>"}});
  CHECK(again.status == 400);
  CHECK_FALSE(holds(again, "<img"));
  CHECK_FALSE(holds(again, "<b>"));
  CHECK(holds(again, "value=\"&quot;&gt;&lt;img src=x&gt;\""));
}

TEST_CASE("a long user id is cut at a whole character") {
  Site site;
  ConnectRequest request;
  std::string user;
  for (int i = 0; i < 40; ++i) user += "é";
  request.user = UserId(user);
  const ServerResponse page = site.get(Site::path_of(site.vault.link("acme", request)));
  CHECK(is_valid_utf8(page.body));
  CHECK(holds(page, user.substr(0, 64) + "…"));
  CHECK_FALSE(holds(page, user));
}

TEST_CASE("the walk leads to the provider with a cookie for this browser alone") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  const ServerResponse redirect = site.post(Site::path_of(link), kGo);
  CHECK(redirect.status == 303);
  CHECK(header(redirect, "location").starts_with("https://id.acme.example/authorize?"));
  CHECK(header(redirect, "referrer-policy") == "no-referrer");
  CHECK(header(redirect, "cache-control") == "no-store");
  const std::string cookie = header(redirect, "set-cookie");
  CHECK(std::regex_match(
      cookie, std::regex("coffer_link=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600")));
  CHECK(header(redirect, "location").find(cookie.substr(12, 43)) == std::string::npos);
}

TEST_CASE("behind https the cookie is bound to the host") {
  Site site;
  site.vault.public_url = "https://vault.example";
  site.host = "vault.example";
  const ConnectLink link = site.vault.link("acme");
  const ServerResponse redirect = site.post(Site::path_of(link), kGo);
  const std::string cookie = header(redirect, "set-cookie");
  CHECK(cookie.starts_with("__Host-coffer_link="));
  CHECK(cookie.ends_with("; Secure"));
  site.vault.env.http.answer(200, kTokens);
  CHECK(site.get(Site::callback(redirect, {{"code", "c"}})).status == 200);
}

TEST_CASE("the whole walk ends on a page of ours, or at the app") {
  Site site;
  site.vault.env.http.answer(200, kTokens);
  site.vault.env.http.answer(200, R"({"email":"alice@example.com"})");
  SECTION("here") {
    const ConnectLink link = site.vault.link("acme");
    const std::string callback =
        Site::callback(site.post(Site::path_of(link), kGo), {{"code", "code-secret-1"}});
    const ServerResponse page = site.get(callback);
    CHECK(page.status == 200);
    CHECK(title(page) == "Connected - Acme");
    CHECK(holds(page, "Acme is connected as alice@example.com for user_1."));
    CHECK_FALSE(holds(page, "code-secret-1"));
    CHECK_FALSE(holds(page, "at-secret-1"));

    const ServerResponse reloaded = site.get(callback);
    CHECK(reloaded.status == 400);
    CHECK(title(reloaded) == "Sign-in not recognised - coffer");
    CHECK(site.vault.account(link.connection.id).status == ConnectionStatus::Active);
    const ServerResponse used = site.get(Site::path_of(link));
    CHECK(used.status == 410);
    CHECK(title(used) == "Link already used - Acme");
  }
  SECTION("at the app") {
    ConnectRequest request;
    request.callback_url = "https://app.example/done?tab=2";
    const ConnectLink link = site.vault.link("acme", request);
    const ServerResponse end = site.get(Site::callback(site.post(Site::path_of(link), kGo), {{"code", "c"}}));
    CHECK(end.status == 303);
    CHECK(header(end, "location")
              .starts_with("https://app.example/done?tab=2&status=success&connected_account_id=ca_"));
    CHECK(header(end, "location").find("secret") == std::string::npos);
  }
}

TEST_CASE("each way a sign-in goes wrong has its own page and status") {
  Site site;
  const auto [answer, status, expected] = GENERATE(table<Fields, int, std::string>({
      {{{"error", "access_denied"}}, 403, "Access denied - Acme"},
      {{{"error", "server_error"}}, 502, "Error at the provider - Acme"},
      {{{"code", "c"}, {"iss", "https://evil.example"}}, 502, "Error at the provider - Acme"},
      {{{"code", "c"}}, 502, "Not connected - Acme"},  // nothing answers the exchange
      {{{"code", "c"}, {"code", "d"}}, 400, "Not understood - coffer"},
  }));
  const ConnectLink link = site.vault.link("acme");
  const ServerResponse page = site.get(Site::callback(site.post(Site::path_of(link), kGo), answer));
  CHECK(page.status == status);
  CHECK(title(page) == expected);
  CHECK(holds(page, "error code: server_error") ==
        (expected == "Error at the provider - Acme" && answer.size() == 1));
}

TEST_CASE("another browser gets neither the link nor its answer") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  const std::string callback = Site::callback(site.post(Site::path_of(link), kGo), {{"code", "c"}});
  const std::string mine = site.cookie;
  site.cookie.clear();
  CHECK(site.post(Site::path_of(link), kGo).status == 403);
  CHECK(site.post(Site::path_of(link), kCancel).status == 403);
  const ServerResponse page = site.get(callback);
  CHECK(page.status == 403);
  CHECK(title(page) == "Opened elsewhere - coffer");
  CHECK(site.vault.env.http.seen().empty());
  site.cookie = mine;
  CHECK(site.post(Site::path_of(link), kGo).status == 303);  // the back button
}

TEST_CASE("a link that is over says so with 410") {
  Site site;
  ConnectRequest request;
  request.callback_url = "https://app.example/done";
  const ConnectLink link = site.vault.link("acme", request);
  SECTION("expired") {
    site.vault.env.clock.advance(kLinkLifetime);
    CHECK(title(site.get(Site::path_of(link))) == "Link expired - Acme");
  }
  SECTION("cancelled") {
    CHECK(holds(site.post(Site::path_of(link), kCancel), "status=failed"));
    CHECK(title(site.get(Site::path_of(link))) == "Link no longer works - Acme");
  }
  CHECK(site.get(Site::path_of(link)).status == 410);
  CHECK(site.post(Site::path_of(link), kGo).status == 410);
  CHECK(site.post(Site::path_of(link), kCancel).status == 410);
}

TEST_CASE("cancelling without a callback ends on a page of ours") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  const ServerResponse page = site.post(Site::path_of(link), kCancel);
  CHECK(page.status == 200);
  CHECK(title(page) == "Cancelled - Acme");
  CHECK(site.vault.account(link.connection.id).status == ConnectionStatus::Failed);
}

TEST_CASE("cancelling the reconnection of a connected account keeps it, and the page says so") {
  Site site;
  ConnectRequest request;
  request.reconnect = site.vault.connected().id;
  const ConnectLink link = site.vault.link("acme", request);
  CHECK(holds(site.get(Site::path_of(link)), "This account is connected already as alice@example.com."));
  CHECK(holds(site.post(Site::path_of(link), kCancel), "The account stays connected as it was."));
}

TEST_CASE("an unknown link is 404") {
  Site site;
  CHECK(site.get("/link/lk_unknown").status == 404);
  CHECK(site.post("/link/lk_unknown", kGo).status == 404);
}

TEST_CASE("a form that another site sends is refused") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  const auto [origin, fetch_site, status] = GENERATE(table<std::string, std::string, int>({
      {"", "", 303},
      {"http://127.0.0.1:9900", "same-origin", 303},
      {"http://127.0.0.1:9900", "", 303},
      {"null", "same-origin", 303},
      {"null", "", 403},
      {"https://evil.example", "", 403},
      {"http://127.0.0.1:3000", "same-site", 403},
      {"", "cross-site", 403},
      {"", "same-site", 403},
      {"null", "cross-site", 403},
  }));
  CAPTURE(origin, fetch_site);
  HttpHeaders headers;
  if (!origin.empty()) headers.push_back({"Origin", origin});
  if (!fetch_site.empty()) headers.push_back({"Sec-Fetch-Site", fetch_site});
  CHECK(site.post(Site::path_of(link), kGo, headers).status == status);
  const bool is_fresh = site.vault.connector.view(link.token.expose()).state == link_store::State::Fresh;
  CHECK(is_fresh == (status == 403));
}

TEST_CASE("a body that is no form is refused") {
  Site site;
  const ConnectLink link = site.vault.link("openco");
  ServerRequest request;
  request.method = "POST";
  request.path = request.target = Site::path_of(link);
  request.headers = {{"Host", site.host}, {"Content-Type", "application/json"}};
  request.body = R"({"generic_api_key":"k"})";
  CHECK(site.router.handle(request).status == 400);
  CHECK(site.post(Site::path_of(link), {}).status == 400);
  CHECK(site.send("POST", Site::path_of(link), "_step=%zz").status == 400);
}

TEST_CASE("on this computer the link moves to the name that the redirect URI has") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  site.host = "localhost:9900";
  const ServerResponse moved = site.get(Site::path_of(link));
  CHECK(moved.status == 303);
  CHECK(header(moved, "location") == "http://127.0.0.1:9900" + Site::path_of(link));
  site.host = "localhost:8080";  // a proxy's business
  CHECK(site.get(Site::path_of(link)).status == 200);
}

TEST_CASE("a key form has labelled password inputs that no browser keeps") {
  Site site;
  const ServerResponse page = site.get(Site::path_of(site.vault.link("keyco")));
  CHECK(page.status == 200);
  CHECK(holds(page, "<label for=\"field-0\">API key</label>"));
  CHECK(holds(page, "<input id=\"field-0\" name=\"generic_api_key\" type=\"password\" value=\"\""));
  CHECK(holds(page, "autocomplete=\"off\""));
  CHECK(holds(page, "aria-describedby=\"field-0-hint\""));
  CHECK(holds(page, "From the dashboard. Example: key-123"));
  CHECK(holds(page, "stored encrypted by coffer at 127.0.0.1:9900."));
  CHECK(holds(page, ">Connect</button>"));
  CHECK_FALSE(holds(page, "autofocus"));
}

TEST_CASE("a key form says to which host the key goes, and a sign-in, which asks for none, does not") {
  Site site;
  const auto [toolkit, host] = GENERATE(table<std::string, std::string>({
      {"keyco", "api.keyco.example"},
      {"deskco", "&lt;subdomain&gt;.deskco.example"},
      {"acme", ""},
  }));
  CAPTURE(toolkit);
  const ServerResponse page = site.get(Site::path_of(site.vault.link(toolkit)));
  CHECK(holds(page, "<dt>What you enter goes to</dt><dd>" + host + "</dd>") == !host.empty());
  CHECK(holds(page, "goes to") == !host.empty());
}

TEST_CASE("the host of a key form has what is known of it already") {
  Site site;
  ConnectRequest request;
  request.fields = {{"subdomain", "support"}};
  const ServerResponse page = site.get(Site::path_of(site.vault.link("deskco", request)));
  CHECK(holds(page, "<dd>support.deskco.example</dd>"));
}

TEST_CASE("a value in the wrong form is pointed out at its field, which has the focus") {
  Site site;
  const ServerResponse page = site.post(Site::path_of(site.vault.link("keyco")),
                                        {{"_step", "go"}, {"generic_api_key", "wrong-secret-9"}});
  CHECK(page.status == 400);
  CHECK(title(page) == "Please check - Keyco");
  CHECK(holds(page, "role=\"alert\" id=\"field-0-error\""));
  CHECK(holds(page,
              "aria-describedby=\"field-0-error field-0-hint\" aria-invalid=\"true\" required autofocus"));
  CHECK_FALSE(holds(page, "wrong-secret-9"));
  CHECK(site.vault.env.http.seen().empty());
}

TEST_CASE("only the first bad field has the focus, and plain values come back") {
  Site site;
  const ServerResponse page = site.post(Site::path_of(site.vault.link("deskco")),
                                        {{"_step", "go"}, {"subdomain", "d1"}, {"username", "alice"}});
  CHECK(page.status == 400);
  CHECK(holds(page, "value=\"alice\""));
  std::size_t count = 0;
  for (std::size_t at = page.body.find("autofocus"); at != std::string::npos;
       at = page.body.find("autofocus", at + 1)) {
    ++count;
  }
  CHECK(count == 1);
  CHECK(holds(page, "id=\"field-0-error\""));
  CHECK_FALSE(holds(page, "id=\"field-1-error\""));
  CHECK(holds(page, "id=\"field-2-error\""));
}

TEST_CASE("a key that the service refuses can be entered again") {
  Site site;
  const ConnectLink link = site.vault.link("keyco");
  site.vault.env.http.answer(401, "{}");
  const ServerResponse page =
      site.post(Site::path_of(link), {{"_step", "go"}, {"generic_api_key", "key-secret-9"}});
  CHECK(page.status == 400);
  CHECK(holds(page, "Keyco did not accept this. Check what you entered."));
  CHECK(holds(page, "role=\"alert\""));
  CHECK_FALSE(holds(page, "key-secret-9"));
  site.vault.env.http.answer(200, "{}");
  const ServerResponse end =
      site.post(Site::path_of(link), {{"_step", "go"}, {"generic_api_key", "key-good"}});
  CHECK(end.status == 200);
  CHECK(title(end) == "Connected - Keyco");
}

TEST_CASE("a service that cannot be reached is said to be so, and nothing is saved") {
  Site site;
  const ConnectLink link = site.vault.link("keyco");
  const ServerResponse page = site.post(Site::path_of(link), {{"_step", "go"}, {"generic_api_key", "key-1"}});
  CHECK(page.status == 503);
  CHECK(holds(page, "Keyco could not be reached, so nothing was saved."));
  CHECK(site.vault.account(link.connection.id).status == ConnectionStatus::Initiated);
}

// The first POST reads the open link, asks the service, and finds the link used by the second one.
TEST_CASE("of two clicks on one key form the later answer says that the link is used") {
  Site site;
  const ConnectLink link = site.vault.link("keyco");
  const Fields form = {{"_step", "go"}, {"generic_api_key", "key-good"}};
  const int status = GENERATE(200, 401, 500);
  ServerResponse second;
  site.vault.env.http.answer_with([&](const HttpRequest&) -> HttpResult {
    second = site.post(Site::path_of(link), form);
    HttpResponse response;
    response.status = status;
    response.body = "{}";
    return response;
  });
  site.vault.env.http.answer(200, "{}");
  const ServerResponse first = site.post(Site::path_of(link), form);
  CHECK(title(second) == "Connected - Keyco");
  CHECK(first.status == 410);
  CHECK(title(first) == "Link already used - Keyco");
  CHECK_FALSE(holds(first, "no longer works"));
}

TEST_CASE("a key form with a callback ends at the app") {
  Site site;
  ConnectRequest request;
  request.callback_url = "http://127.0.0.1:3000/done";
  const ConnectLink link = site.vault.link("openco", request);
  const ServerResponse end =
      site.post(Site::path_of(link), {{"_step", "go"}, {"generic_api_key", "key-secret-9"}});
  CHECK(end.status == 303);
  CHECK(header(end, "location").starts_with("http://127.0.0.1:3000/done?status=success"));
  CHECK(header(end, "location").find("key-secret-9") == std::string::npos);
}

// The app may redirect on to any origin then: no redirect of ours led to it.
TEST_CASE("a form whose callback is on https ends on a page that goes on by itself and by a link") {
  Site site;
  ConnectRequest request;
  request.callback_url = "https://app.example/done?a=1";
  const ConnectLink link = site.vault.link("openco", request);
  const bool is_cancelled = GENERATE(false, true);
  const ServerResponse end =
      site.post(Site::path_of(link),
                is_cancelled ? kCancel : Fields{{"_step", "go"}, {"generic_api_key", "key-secret-9"}});
  CHECK(end.status == 200);
  CHECK(header(end, "location").empty());
  const std::string url =
      std::string("https://app.example/done?a=1&amp;status=") + (is_cancelled ? "failed" : "success");
  CHECK(holds(end, "<meta http-equiv=\"refresh\" content=\"0; url=" + url));
  CHECK(holds(end, "<a href=\"" + url));
  CHECK(holds(end, "Back to app.example</a>"));
  CHECK_FALSE(holds(end, "key-secret-9"));
  CHECK(header(end, "referrer-policy") == "no-referrer");
}

TEST_CASE("a sign-in that needs a subdomain asks for it first") {
  Site site;
  const ConnectLink link = site.vault.link("tenant");
  CHECK(holds(site.get(Site::path_of(link)), "<label for=\"field-0\">Subdomain</label>"));
  CHECK(site.post(Site::path_of(link), {{"_step", "go"}, {"subdomain", "evil/"}}).status == 400);
  CHECK(site.post(Site::path_of(link), {{"_step", "go"}, {"subdomain", "example"}}).status == 303);
}

TEST_CASE("the style sheet is our own") {
  Site site;
  const ServerResponse sheet = site.get("/static/style.css");
  CHECK(sheet.status == 200);
  CHECK(header(sheet, "content-type") == "text/css; charset=utf-8");
  CHECK_FALSE(holds(sheet, "url("));
  CHECK_FALSE(holds(sheet, "@import"));
}

TEST_CASE("no page or redirect puts a token into the log") {
  Site site;
  const ConnectLink link = site.vault.link("acme");
  site.get(Site::path_of(link));
  site.vault.env.http.answer(200, kTokens);
  site.get(Site::callback(site.post(Site::path_of(link), kGo), {{"code", "code-secret-1"}}));
  for (const std::string_view secret :
       {link.token.expose(), std::string_view("code-secret-1"), std::string_view(site.cookie).substr(12)}) {
    CHECK(site.vault.env.log_text.find(secret) == std::string::npos);
  }
}
