#include <atomic>
#include <thread>

#include "tests/unit/connect/connect_fixture.h"
#include "vault/crypto/pkce.h"
#include "vault/model/lifecycle.h"
#include "vault/store/audit_log.h"

using namespace coffer;
using namespace coffer::testing;
using Kind = BrowserStep::Kind;
using Failure = BrowserStep::Failure;

namespace {

struct Begun {
  ConnectFixture vault;
  ConnectLink link = vault.link("acme", {.user = UserId("user_1"),
                                         .auth_config = {},
                                         .callback_url = "https://app.example/done?tab=2",
                                         .alias = {},
                                         .reconnect = {},
                                         .fields = {}});
  BrowserStep step = vault.connector.begin(link.token.expose(), {}, {});

  std::string parameter(const std::string& name) const {
    return ConnectFixture::url_parameter(step.location, name);
  }
  Connection account() { return vault.account(link.connection.id); }
  link_store::State state() { return vault.connector.view(link.token.expose()).state; }
};

Fields with(Fields fields, const std::string& name, const std::string& value) {
  fields.emplace_back(name, value);
  return fields;
}

Fields form_of(const ScriptedHttp::Seen& request) {
  const auto form = parse_form(request.body);
  REQUIRE(form);
  return *form;
}

}  // namespace

TEST_CASE("the walk begins at the provider with state, challenge and our redirect URI") {
  Begun walk;
  CHECK(walk.step.kind == Kind::ToProvider);
  CHECK(walk.step.location.starts_with("https://id.acme.example/authorize?"));
  CHECK(walk.parameter("response_type") == "code");
  CHECK(walk.parameter("client_id") == "client-1");
  CHECK(walk.parameter("redirect_uri") == "http://127.0.0.1:9900/oauth/callback/ac_acme");
  CHECK(walk.parameter("scope") == "read write");
  CHECK(walk.parameter("state").size() == 43);
  CHECK(walk.parameter("code_challenge").size() == 43);
  CHECK(walk.parameter("code_challenge_method") == "S256");
  CHECK(walk.step.browser.size() == 43);
  CHECK(walk.state() == link_store::State::Begun);
  CHECK(walk.step.location.find(walk.link.token.expose()) == std::string::npos);
}

TEST_CASE("a granted code makes the account ACTIVE and tells the app") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens, {{"Content-Type", "application/json"}});
  walk.vault.env.http.answer(200, R"({"email":"alice@example.com"})");
  const BrowserStep end = walk.vault.complete(walk.step);

  CHECK(end.kind == Kind::Connected);
  CHECK(end.location == "https://app.example/done?tab=2&status=success&connected_account_id=" +
                            walk.link.connection.id.str() +
                            "&connectedAccountId=" + walk.link.connection.id.str() + "&appName=acme");
  const auto opened = walk.vault.opened(walk.link.connection.id);
  CHECK(opened.connection.status == ConnectionStatus::Active);
  CHECK(opened.connection.identity == "alice@example.com");
  CHECK(opened.connection.scopes == std::vector<std::string>{"read"});
  CHECK(opened.connection.connected_at == from_ms(kStartMs));
  CHECK(opened.connection.expires_at == from_ms(kStartMs) + std::chrono::hours(1));
  CHECK(opened.connection.next_refresh_at.has_value());
  CHECK(opened.connection.redacted_credential == Secret("at-secret-1").redacted());
  CHECK(std::get<TokenSet>(opened.credential).access_token == Secret("at-secret-1"));
  CHECK(std::get<TokenSet>(opened.credential).refresh_token == Secret("rt-secret-1"));
  CHECK(walk.state() == link_store::State::Completed);
  CHECK(walk.vault.connected_calls == 1);
  const auto audit = audit_log::list(*walk.vault.database->read(), walk.link.connection.id, 10);
  REQUIRE(audit.size() == 1);
  CHECK(audit[0].action == "connected");
}

TEST_CASE("the code goes to the token endpoint with the verifier of the challenge") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens);
  walk.vault.complete(walk.step);
  REQUIRE(walk.vault.env.http.seen().size() == 1);
  const auto request = walk.vault.env.http.seen()[0];
  CHECK(request.url == "https://id.acme.example/token");
  CHECK(request.once);
  const Fields form = form_of(request);
  CHECK(find_field(form, "code") == "code-secret-1");
  CHECK(find_field(form, "client_secret") == "client-secret-1");
  CHECK(find_field(form, "redirect_uri") == walk.parameter("redirect_uri"));
  CHECK(code_challenge(find_field(form, "code_verifier").value_or("")) == walk.parameter("code_challenge"));
}

TEST_CASE("nothing secret of a walk is in the log") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens);
  walk.vault.complete(walk.step);
  const std::string& log = walk.vault.env.log_text;
  CHECK(log.find("link.completed") != std::string::npos);
  for (const std::string& secret :
       {std::string(walk.link.token.expose()), walk.parameter("state"),
        std::string(walk.step.browser.expose()), std::string("code-secret-1"), std::string("at-secret-1"),
        std::string("rt-secret-1"), std::string("user_1")}) {
    CAPTURE(secret);
    CHECK(log.find(secret) == std::string::npos);
  }
}

TEST_CASE("scopes are the requested ones when the provider names none") {
  Begun walk;
  walk.vault.env.http.answer(200, R"({"access_token":"at","token_type":"bearer"})");
  walk.vault.complete(walk.step);
  CHECK(walk.account().scopes == std::vector<std::string>{"read", "write"});
}

TEST_CASE("the browser that began may begin again, and only its newest walk counts") {
  Begun walk;
  const BrowserStep again =
      walk.vault.connector.begin(walk.link.token.expose(), walk.step.browser.expose(), {});
  CHECK(again.browser == walk.step.browser);
  CHECK(code_of([&] { walk.vault.complete(walk.step); }) == ErrorCode::NotFound);
  walk.vault.env.http.answer(200, kTokens);
  CHECK(walk.vault.complete(again).kind == Kind::Connected);
}

TEST_CASE("another browser cannot take a link over") {
  Begun walk;
  const std::string stranger(43, 'x');
  CHECK(code_of([&] { walk.vault.connector.begin(walk.link.token.expose(), {}, {}); }) ==
        ErrorCode::Forbidden);
  CHECK(code_of([&] { walk.vault.connector.begin(walk.link.token.expose(), stranger, {}); }) ==
        ErrorCode::Forbidden);
}

TEST_CASE("another browser cannot cancel a walk, the one that began it can") {
  Begun walk;
  const std::string_view token = walk.link.token.expose();
  const std::string stranger = GENERATE(as<std::string>(), "", std::string(43, 'x'));
  CHECK(code_of([&] { walk.vault.connector.cancel(token, stranger); }) == ErrorCode::Forbidden);
  CHECK(walk.vault.account(walk.link.connection.id).status == ConnectionStatus::Initiated);
  CHECK(walk.vault.connector.cancel(token, walk.step.browser.expose()).failure ==
        BrowserStep::Failure::Cancelled);
}

TEST_CASE("one browser walks two links at once with one secret") {
  Begun walk;
  ConnectRequest request;
  request.alias = "second";
  const ConnectLink other = walk.vault.link("acme", request);
  const BrowserStep step = walk.vault.connector.begin(other.token.expose(), walk.step.browser.expose(), {});
  walk.vault.env.http.answer(200, kTokens);
  CHECK(walk.vault.complete(walk.step).kind == Kind::Connected);
  walk.vault.env.http.answer(200, kTokens);
  CHECK(walk.vault.complete(step).kind == Kind::Connected);
}

TEST_CASE("a cookie that is not a secret of ours is replaced") {
  ConnectFixture vault;
  const std::string cookie = GENERATE(as<std::string>(), "short", std::string(43, '='), std::string(44, 'a'));
  const BrowserStep step = vault.connector.begin(vault.link("acme").token.expose(), cookie, {});
  CHECK(step.browser.size() == 43);
  CHECK(step.browser.expose() != cookie);
}

TEST_CASE("an answer that is not this walk's is refused and leaves the walk as it is") {
  Begun walk;
  const Fields good = ConnectFixture::answer_to(walk.step);
  const auto complete = [&](const Fields& answer, std::string_view browser) {
    walk.vault.connector.complete(ConnectFixture::config_of("acme"), answer, browser);
  };
  const std::string_view browser = walk.step.browser.expose();

  CHECK(code_of([&] { complete({{"code", "c"}}, browser); }) == ErrorCode::NotFound);
  CHECK(code_of([&] { complete({{"code", "c"}, {"state", "x"}}, browser); }) == ErrorCode::NotFound);
  CHECK(code_of([&] {
          complete({{"code", "c"}, {"state", std::string(43, 'x')}}, browser);
        }) == ErrorCode::NotFound);
  CHECK(code_of([&] { complete(good, {}); }) == ErrorCode::Forbidden);
  CHECK(code_of([&] { complete(good, std::string(43, 'x')); }) == ErrorCode::Forbidden);
  CHECK(code_of([&] { complete(with(good, "code", "c2"), browser); }) == ErrorCode::InvalidArgument);
  CHECK(code_of([&] { complete(with(good, "state", "s2"), browser); }) == ErrorCode::InvalidArgument);
  CHECK(code_of([&] { complete(with(good, "error", std::string(5000, 'e')), browser); }) ==
        ErrorCode::InvalidArgument);
  CHECK(walk.vault.env.http.seen().empty());

  walk.vault.env.http.answer(200, kTokens);
  CHECK(walk.vault.complete(walk.step).kind == Kind::Connected);
}

TEST_CASE("an answer works once") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens);
  walk.vault.complete(walk.step);
  CHECK(code_of([&] { walk.vault.complete(walk.step); }) == ErrorCode::NotFound);
  CHECK(walk.vault.env.http.seen().size() == 1);
  CHECK(walk.account().status == ConnectionStatus::Active);
}

TEST_CASE("of answers that arrive at once, one is taken") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens);
  const Fields answer = ConnectFixture::answer_to(walk.step);  // asserts, which is for one thread only
  std::atomic<int> connected = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> browsers;
  for (int i = 0; i < 8; ++i) {
    browsers.emplace_back([&] {
      try {
        if (walk.vault.complete(walk.step, answer).kind == Kind::Connected) ++connected;
      } catch (const Error& error) {
        if (error.code() == ErrorCode::NotFound) ++refused;
      }
    });
  }
  for (std::thread& browser : browsers) browser.join();
  CHECK(connected == 1);
  CHECK(refused == 7);
}

TEST_CASE("an answer that comes after ten minutes is too late") {
  Begun walk;
  walk.vault.env.clock.advance(kLinkLifetime);
  CHECK(code_of([&] { walk.vault.complete(walk.step); }) == ErrorCode::Gone);
  CHECK(code_of([&] { walk.vault.connector.begin(walk.link.token.expose(), {}, {}); }) == ErrorCode::Gone);
  CHECK(walk.vault.env.http.seen().empty());
  CHECK(walk.state() == link_store::State::Expired);
}

TEST_CASE("an answer at another configuration's address ends the link without asking anybody") {
  Begun walk;
  const BrowserStep end = walk.vault.complete(walk.step, "tenant");
  CHECK(end.failure == Failure::ProviderError);
  CHECK(walk.account().status == ConnectionStatus::Failed);
  CHECK(walk.vault.env.http.seen().empty());
}

TEST_CASE("an issuer that is not the one asked ends the link") {
  Begun walk;
  const Fields answer =
      with(ConnectFixture::answer_to(walk.step), "iss",
           GENERATE(as<std::string>(), "https://evil.example", "", "https://id.acme.example/"));
  const BrowserStep end = walk.vault.complete(walk.step, answer);
  CHECK(end.failure == Failure::ProviderError);
  CHECK(walk.account().status == ConnectionStatus::Failed);
  CHECK(walk.vault.env.http.seen().empty());
}

TEST_CASE("the right issuer is accepted") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens);
  const Fields answer = with(ConnectFixture::answer_to(walk.step), "iss", "https://id.acme.example");
  CHECK(walk.vault.complete(walk.step, answer).kind == Kind::Connected);
}

TEST_CASE("a provider that promises its issuer must name it") {
  ConnectFixture vault;
  const ConnectLink link = vault.link("tenant");
  const BrowserStep step = vault.connector.begin(link.token.expose(), {}, {{"subdomain", "example"}});
  CHECK(vault.complete(step, "tenant").failure == Failure::ProviderError);
  CHECK(vault.env.http.seen().empty());
}

TEST_CASE("a denial fails the account with a fixed reason") {
  Begun walk;
  const BrowserStep end =
      walk.vault.complete(walk.step, {{"error", "access_denied"}, {"state", walk.parameter("state")}});
  CHECK(end.kind == Kind::Failed);
  CHECK(end.failure == Failure::Denied);
  CHECK(end.location.starts_with("https://app.example/done?tab=2&status=failed&connected_account_id="));
  CHECK(walk.account().status == ConnectionStatus::Failed);
  CHECK(walk.account().status_reason == reason::kDenied);
  CHECK(walk.state() == link_store::State::Failed);
  CHECK(code_of([&] {
          walk.vault.connector.begin(walk.link.token.expose(), walk.step.browser.expose(), {});
        }) == ErrorCode::Gone);
}

TEST_CASE("of a provider's error only a harmless code is kept") {
  Begun walk;
  const auto [error, kept] = GENERATE(table<std::string, std::string>({
      {"server_error", "server_error"},
      {"<script>", "unknown"},
      {std::string(65, 'a'), "unknown"},
      {"UPPER", "unknown"},
  }));
  const BrowserStep end = walk.vault.complete(
      walk.step,
      {{"error", error}, {"error_description", "secret words"}, {"state", walk.parameter("state")}});
  CHECK(end.failure == Failure::ProviderError);
  CHECK(end.error_code == kept);
  CHECK(walk.account().status_reason == std::string(reason::kProviderError) + ": " + kept);
  CHECK(walk.vault.env.log_text.find("secret words") == std::string::npos);
}

TEST_CASE("an answer with neither code nor error ends the link") {
  Begun walk;
  CHECK(walk.vault.complete(walk.step, {{"state", walk.parameter("state")}}).failure ==
        Failure::ProviderError);
}

TEST_CASE("a code that brings no token fails the account") {
  Begun walk;
  SECTION("refused") {
    walk.vault.env.http.answer(400, R"({"error":"invalid_grant"})");
  }
  SECTION("wrong client") {
    walk.vault.env.http.answer(401, R"({"error":"invalid_client"})");
  }
  SECTION("no answer") {
    walk.vault.env.http.fail(
        {HttpFailure::Sent::Maybe, HttpFailure::Kind::Timeout, "id.acme.example: timed out"});
  }
  SECTION("a portal's page") {
    walk.vault.env.http.answer(200, "<html>");
  }
  SECTION("no token inside") {
    walk.vault.env.http.answer(200, "{}");
  }
  const BrowserStep end = walk.vault.complete(walk.step);
  CHECK(end.failure == Failure::ExchangeFailed);
  CHECK(walk.account().status == ConnectionStatus::Failed);
  CHECK(walk.account().status_reason == reason::kExchangeFailed);
  CHECK(walk.vault.connected_calls == 0);
}

TEST_CASE("a configuration that changed during the walk ends it before the code is sent") {
  Begun walk;
  SECTION("disabled") {
    walk.vault.change("acme", [](AuthConfig& config) { config.is_enabled = false; });
  }
  SECTION("another client") {
    const auto tx = walk.vault.database->write();
    auth_config_store::replace_client(*tx, ConnectFixture::config_of("acme"), {"client-2", Secret("s2")});
    tx->commit();
  }
  SECTION("deleted") {
    const auto tx = walk.vault.database->write();
    auth_config_store::remove(*tx, ConnectFixture::config_of("acme"), walk.vault.env.clock.now());
    tx->commit();
  }
  CHECK(walk.vault.complete(walk.step).failure == Failure::ExchangeFailed);
  CHECK(walk.vault.env.http.seen().empty());
  CHECK(walk.account().status == ConnectionStatus::Failed);
}

TEST_CASE(
    "the identity is missing where the service does not tell it, and the account is ACTIVE all the same") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens);
  walk.vault.env.http.answer(503, "down");
  CHECK(walk.vault.complete(walk.step).kind == Kind::Connected);
  CHECK(walk.account().identity.empty());
  CHECK(walk.vault.env.log_text.find("link.identity_unknown") != std::string::npos);
}

TEST_CASE("an identity that cannot be shown is not kept") {
  Begun walk;
  walk.vault.env.http.answer(200, kTokens);
  walk.vault.env.http.answer(200,
                             GENERATE(as<std::string>(), R"({"email":{"a":1}})", R"({"email":"a\u0000b"})",
                                      R"({"email":")" + std::string(300, 'a') + R"("})", "[]", "null"));
  CHECK(walk.vault.complete(walk.step).kind == Kind::Connected);
  CHECK(walk.account().identity.empty());
}

TEST_CASE("a re-linked ACTIVE account keeps its token until the new grant is stored") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  ConnectRequest request;
  request.reconnect = account.id;
  const ConnectLink link = vault.link("acme", request);
  const BrowserStep step = vault.connector.begin(link.token.expose(), {}, {});

  SECTION("a denial changes nothing") {
    const Fields denial = {{"error", "access_denied"},
                           {"state", ConnectFixture::url_parameter(step.location, "state")}};
    vault.complete(step, denial);
    CHECK(vault.account(account.id).status == ConnectionStatus::Active);
    CHECK(vault.account(account.id).generation == account.generation);
    CHECK(vault.account(account.id).status_reason.empty());
  }
  SECTION("a grant replaces the token under the same id") {
    vault.env.http.answer(200, R"({"access_token":"at-secret-2","token_type":"bearer"})");
    vault.env.http.answer_with([&](const HttpRequest&) -> HttpResult {
      CHECK(std::get<TokenSet>(vault.opened(account.id).credential).access_token == Secret("at-secret-1"));
      HttpResponse response;
      response.status = 200;
      response.body = R"({"email":"alice@example.com"})";
      return response;
    });
    CHECK(vault.complete(step).kind == Kind::Connected);
    CHECK(std::get<TokenSet>(vault.opened(account.id).credential).access_token == Secret("at-secret-2"));
    CHECK(vault.account(account.id).generation == account.generation + 1);
    CHECK_FALSE(vault.account(account.id).next_refresh_at);
  }
}

TEST_CASE("a reconnection by another person is refused") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  const bool is_active = GENERATE(true, false);
  if (!is_active) vault.change(account.id, [](Connection& row) { row.status = ConnectionStatus::Expired; });
  ConnectRequest request;
  request.reconnect = account.id;
  const BrowserStep end = vault.sign_in(vault.link("acme", request), "bob@example.com");
  CHECK(end.failure == Failure::OtherAccount);
  CHECK(end.problem == "This link was for alice@example.com, but you signed in as bob@example.com.");
  CHECK(vault.account(account.id).status ==
        (is_active ? ConnectionStatus::Active : ConnectionStatus::Failed));
  CHECK(vault.account(account.id).identity == "alice@example.com");
  CHECK(std::get<TokenSet>(vault.opened(account.id).credential).access_token == Secret("at-secret-1"));
}

TEST_CASE("what happens to the account during the exchange counts") {
  Begun walk;
  const ConnectionId id = walk.link.connection.id;
  const auto meanwhile = [&](const std::function<void()>& act) {
    walk.vault.env.http.answer_with([act](const HttpRequest&) -> HttpResult {
      act();
      HttpResponse response;
      response.status = 200;
      response.body = kTokens;
      return response;
    });
    return walk.vault.complete(walk.step);
  };

  SECTION("deleted: nothing is stored") {
    CHECK(meanwhile([&] { walk.vault.remove(id); }).failure == Failure::AccountGone);
    CHECK_FALSE(walk.vault.find(id));
  }
  SECTION("revoked: it stays so") {
    const auto revoke = [&] {
      walk.vault.change(id, [](Connection& row) { row.status = ConnectionStatus::Revoked; });
    };
    CHECK(meanwhile(revoke).failure == Failure::AccountGone);
    CHECK(walk.account().status == ConnectionStatus::Revoked);
  }
  SECTION("disabled: the grant is stored and the account stays off") {
    const auto disable = [&] {
      walk.vault.change(id, [](Connection& row) { row.status = ConnectionStatus::Inactive; });
    };
    CHECK(meanwhile(disable).kind == Kind::Connected);
    CHECK(walk.account().status == ConnectionStatus::Inactive);
    CHECK(walk.account().connected_at.has_value());
  }
  SECTION("renamed: the new name stays") {
    const auto rename = [&] { walk.vault.change(id, [](Connection& row) { row.alias = "work"; }); };
    CHECK(meanwhile(rename).kind == Kind::Connected);
    CHECK(walk.account().alias == "work");
  }
  SECTION("expired by time: too late") {
    const auto expire = [&] {
      walk.vault.env.clock.advance(kLinkLifetime);
      walk.vault.connector.expire_links();
    };
    CHECK(meanwhile(expire).failure == Failure::LinkEnded);
    CHECK(walk.account().status == ConnectionStatus::Expired);
  }
  SECTION("linked anew: the newer link counts, and this one's end does not touch it") {
    ConnectRequest request;
    request.reconnect = id;
    std::optional<ConnectLink> newer;
    CHECK(meanwhile([&] { newer = walk.vault.link("acme", request); }).failure == Failure::LinkEnded);
    CHECK(walk.account().status == ConnectionStatus::Initiated);
    CHECK(walk.vault.connector.view(newer->token.expose()).state == link_store::State::Fresh);
    CHECK(walk.vault.sign_in(*newer).kind == Kind::Connected);
  }
}

TEST_CASE("a failed exchange does not end the link that replaced its own") {
  Begun walk;
  ConnectRequest request;
  request.reconnect = walk.link.connection.id;
  std::optional<ConnectLink> newer;
  walk.vault.env.http.answer_with([&](const HttpRequest&) -> HttpResult {
    newer = walk.vault.link("acme", request);
    HttpResponse response;
    response.status = 400;
    response.body = R"({"error":"invalid_grant"})";
    return response;
  });
  walk.vault.complete(walk.step);
  CHECK(walk.account().status == ConnectionStatus::Initiated);
  CHECK(walk.vault.connector.view(newer->token.expose()).state == link_store::State::Fresh);
}

TEST_CASE("a connection field is asked for on the way and what is to be found out is found out") {
  ConnectFixture vault;
  const ConnectLink link = vault.link("tenant");
  const LinkView view = vault.connector.view(link.token.expose());
  REQUIRE(view.missing_fields.size() == 1);
  CHECK(view.missing_fields[0].name == "subdomain");
  const auto begin = [&](const Fields& form) { return vault.connector.begin(link.token.expose(), {}, form); };
  CHECK(code_of([&] { begin({}); }) == ErrorCode::InvalidArgument);
  CHECK(code_of([&] { begin({{"subdomain", "evil.example/"}}); }) == ErrorCode::InvalidArgument);
  CHECK(vault.connector.view(link.token.expose()).state == link_store::State::Fresh);

  const BrowserStep step = begin({{"subdomain", " example\n"}});
  const Fields answer = with(ConnectFixture::answer_to(step), "iss", "https://strict.example");
  SECTION("found") {
    vault.env.http.answer(200, kTokens);
    vault.env.http.answer(200, R"([{"id":"cloud-7"}])");
    CHECK(vault.complete(step, answer, "tenant").kind == Kind::Connected);
    const std::map<std::string, std::string> fields = {{"subdomain", "example"}, {"cloud_id", "cloud-7"}};
    CHECK(vault.account(link.connection.id).fields == fields);
    CHECK(vault.env.http.seen()[1].url == "https://api.tenant.example/resources");
    CHECK(header_value(vault.env.http.seen()[1].headers, "authorization") == "at-secret-1");
  }
  SECTION("not found") {
    vault.env.http.answer(200, kTokens);
    vault.env.http.answer(200, GENERATE(as<std::string>(), "[]", "{}", "not json", R"([{"id":""}])"));
    CHECK(vault.complete(step, answer, "tenant").failure == Failure::ExchangeFailed);
    CHECK(vault.account(link.connection.id).status == ConnectionStatus::Failed);
  }
}

TEST_CASE("a reconnection finds out anew what it found out before, and does not ask again") {
  ConnectFixture vault;
  TokenSet tokens;
  tokens.access_token = Secret("at");
  ConnectRequest request = vault.request("tenant");
  request.fields = {{"subdomain", "example"}};
  const Connection account = vault.connector.import(request, std::move(tokens));
  vault.change(account.id, [](Connection& row) {
    row.fields["cloud_id"] = "old";
    row.status = ConnectionStatus::Expired;
  });
  const ConnectLink link = vault.link("tenant");
  REQUIRE(link.connection.id == account.id);
  CHECK(vault.connector.view(link.token.expose()).missing_fields.empty());
  const BrowserStep step = vault.connector.begin(link.token.expose(), {}, {});
  vault.env.http.answer(200, kTokens);
  vault.env.http.answer(200, R"([{"id":"new"}])");
  vault.complete(step, with(ConnectFixture::answer_to(step), "iss", "https://strict.example"), "tenant");
  CHECK(vault.account(account.id).fields["cloud_id"] == "new");
}

TEST_CASE("a link for a key has no sign-in") {
  ConnectFixture vault;
  const ConnectLink link = vault.link("keyco");
  CHECK(code_of([&] { vault.connector.begin(link.token.expose(), {}, {}); }) == ErrorCode::WrongState);
}

TEST_CASE("an unknown link is not found") {
  ConnectFixture vault;
  CHECK(code_of([&] { vault.connector.view("lk_none"); }) == ErrorCode::NotFound);
  CHECK(code_of([&] { vault.connector.begin("lk_none", {}, {}); }) == ErrorCode::NotFound);
}

TEST_CASE("an answer that comes while too many wait for the provider is good for another try") {
  Begun walk;
  {
    const HostBound::Place place = walk.vault.bound.enter("https://id.acme.example");
    CHECK(code_of([&] { walk.vault.complete(walk.step); }) == ErrorCode::Unavailable);
    CHECK(walk.vault.env.http.seen().empty());
  }
  walk.vault.env.http.answer(200, kTokens, {{"Content-Type", "application/json"}});
  walk.vault.env.http.answer(200, R"({"email":"alice@example.com"})", {{"Content-Type", "application/json"}});
  CHECK(walk.vault.complete(walk.step).kind == Kind::Connected);
}

TEST_CASE("a revocation that finds no room leaves the account as it is") {
  ConnectFixture vault;
  const ConnectionId id = vault.connected().id;
  const std::size_t before = vault.env.http.seen().size();
  vault.env.http.answer(200, "");
  const HostBound::Place place = vault.bound.enter("https://id.acme.example");
  CHECK(code_of([&] { vault.connector.revoke(id); }) == ErrorCode::Unavailable);
  CHECK(vault.env.http.seen().size() == before);
  CHECK(vault.account(id).status == ConnectionStatus::Active);
}
