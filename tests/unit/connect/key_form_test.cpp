#include "tests/unit/connect/connect_fixture.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using namespace coffer::testing;
using Kind = BrowserStep::Kind;

namespace {

Fields key(const std::string& value) {
  return {{"generic_api_key", value}};
}

struct Form {
  ConnectFixture vault;
  ConnectLink link;

  explicit Form(const std::string& toolkit) : link(vault.link(toolkit)) {}

  BrowserStep submit(const Fields& form) { return vault.connector.submit(link.token.expose(), form); }
  Connection account() { return vault.account(link.connection.id); }
  bool is_open() { return vault.connector.view(link.token.expose()).state == link_store::State::Fresh; }
};

}  // namespace

TEST_CASE("a key that the service accepts makes the account ACTIVE") {
  Form form("keyco");
  form.vault.env.http.answer(200, R"({"account":"acct_7"})");
  const BrowserStep end = form.submit(key("  key-123456\n"));
  CHECK(end.kind == Kind::Connected);
  CHECK(end.location.empty());
  CHECK(form.account().status == ConnectionStatus::Active);
  CHECK(form.account().identity == "acct_7");
  CHECK(form.account().fields.empty());
  CHECK(std::get<ApiKeyCredential>(form.vault.opened(form.link.connection.id).credential).key ==
        Secret("key-123456"));
  REQUIRE(form.vault.env.http.seen().size() == 1);
  CHECK(form.vault.env.http.seen()[0].url == "https://api.keyco.example/me");
  CHECK(header_value(form.vault.env.http.seen()[0].headers, "authorization") == "key-123456");
  CHECK(form.vault.env.log_text.find("key-123456") == std::string::npos);
  CHECK(code_of([&] { form.submit(key("key-2")); }) == ErrorCode::Gone);
}

TEST_CASE("a key that the service refuses leaves the link open") {
  Form form("keyco");
  const auto [status, body] = GENERATE(table<int, std::string>({{401, "{}"},
                                                                {403, "no"},
                                                                {404, "{}"},
                                                                {200, R"({"error":"dead_key"})"},
                                                                {400, R"({"error":"dead_key"})"}}));
  form.vault.env.http.answer(status, body);
  try {
    form.submit(key("key-1"));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    CHECK(std::string(error.what()).find("generic_api_key") != std::string::npos);
  }
  CHECK(form.is_open());
  CHECK(form.account().status == ConnectionStatus::Initiated);
  form.vault.env.http.answer(200, "{}");
  CHECK(form.submit(key("key-2")).kind == Kind::Connected);
}

TEST_CASE("a service that cannot be asked leaves the link open and nothing stored") {
  Form form("keyco");
  SECTION("unreachable") {
    form.vault.env.http.fail(
        {HttpFailure::Sent::No, HttpFailure::Kind::Connect, "api.keyco.example: refused"});
  }
  SECTION("busy") {
    form.vault.env.http.answer(429, "{}");
  }
  SECTION("broken") {
    form.vault.env.http.answer(500, "{}");
  }
  SECTION("elsewhere") {
    form.vault.env.http.answer(302, "", {{"Location", "https://evil.example"}});
  }
  SECTION("a portal's page") {
    form.vault.env.http.answer(200, "<html>");
  }
  CHECK(code_of([&] { form.submit(key("key-1")); }) == ErrorCode::Unavailable);
  CHECK(form.is_open());
  CHECK(form.account().generation == 0);
}

TEST_CASE("a key in the wrong form is not sent anywhere") {
  Form form("keyco");
  const std::string value = GENERATE(as<std::string>(), "", "   ", "nokey", "key-a\r\nX: y", "key-\xff",
                                     "key-" + std::string(1100, 'a'), "key-" + std::string(5000, 'a'));
  CHECK(code_of([&] { form.submit(key(value)); }) == ErrorCode::InvalidArgument);
  CHECK(form.vault.env.http.seen().empty());
  CHECK(form.is_open());
}

TEST_CASE("a toolkit without a verifying call takes the key as it is") {
  Form form("openco");
  CHECK(form.submit(key("anything")).kind == Kind::Connected);
  CHECK(form.vault.env.http.seen().empty());
}

TEST_CASE("a token and a user name with password are stored as what they are") {
  SECTION("bearer") {
    Form form("hookco");
    form.submit({{"token", "tok"}});
    CHECK(std::get<BearerCredential>(form.vault.opened(form.link.connection.id).credential).token ==
          Secret("tok"));
  }
  SECTION("basic, with a subdomain that is kept in clear") {
    Form form("deskco");
    CHECK(code_of([&] {
            form.submit({{"username", "alice"}, {"password", "pw"}});
          }) == ErrorCode::InvalidArgument);
    form.submit({{"subdomain", "desk"}, {"username", "alice"}, {"password", "pw"}});
    const auto opened = form.vault.opened(form.link.connection.id);
    CHECK(std::get<BasicCredential>(opened.credential).username == "alice");
    CHECK(std::get<BasicCredential>(opened.credential).password == Secret("pw"));
    CHECK(opened.connection.fields == std::map<std::string, std::string>{{"subdomain", "desk"}});
  }
}

TEST_CASE("a key of another account does not reconnect this one") {
  Form form("keyco");
  form.vault.env.http.answer(200, R"({"account":"acct_7"})");
  form.submit(key("key-1"));
  ConnectRequest request;
  request.reconnect = form.link.connection.id;
  const ConnectLink again = form.vault.link("keyco", request);
  form.vault.env.http.answer(200, R"({"account":"acct_8"})");
  CHECK(code_of([&] { form.vault.connector.submit(again.token.expose(), key("key-2")); }) ==
        ErrorCode::InvalidArgument);
  form.vault.env.http.answer(200, R"({"account":"acct_7"})");
  CHECK(form.vault.connector.submit(again.token.expose(), key("key-3")).kind == Kind::Connected);
}

TEST_CASE("a link that was replaced while the service was asked stores nothing") {
  Form form("keyco");
  form.vault.env.http.answer_with([&](const HttpRequest&) -> HttpResult {
    ConnectRequest request;
    request.reconnect = form.link.connection.id;
    form.vault.link("keyco", request);
    HttpResponse response;
    response.status = 200;
    response.body = "{}";
    return response;
  });
  CHECK(code_of([&] { form.submit(key("key-1")); }) == ErrorCode::Gone);
  CHECK(form.account().status == ConnectionStatus::Initiated);
}

TEST_CASE("a sign-in link takes no key") {
  Form form("acme");
  CHECK(code_of([&] { form.submit(key("key-1")); }) == ErrorCode::WrongState);
}

TEST_CASE("cancelling ends the link and fails the account") {
  ConnectFixture vault;
  ConnectRequest request;
  request.callback_url = "https://app.example/done";
  const std::string toolkit = GENERATE(as<std::string>(), "keyco", "acme");
  const ConnectLink link = vault.link(toolkit, request);
  const BrowserStep end = vault.connector.cancel(link.token.expose(), {});
  CHECK(end.failure == BrowserStep::Failure::Cancelled);
  CHECK(end.location.starts_with("https://app.example/done?status=failed&"));
  CHECK(vault.account(link.connection.id).status == ConnectionStatus::Failed);
  CHECK(vault.account(link.connection.id).status_reason == reason::kDenied);
  CHECK(code_of([&] { vault.connector.cancel(link.token.expose(), {}); }) == ErrorCode::Gone);
}

TEST_CASE("a form of several fields asks for those of the scheme and keeps a key's lines") {
  Form form("appco");
  const auto asked = form.vault.connector.view(form.link.token.expose()).missing_fields;
  std::vector<std::string> names;
  for (const ConnectionField& field : asked) names.push_back(field.name);
  CHECK(names == std::vector<std::string>{"region", "application_id", "installation_id", "private_key"});
  CHECK(asked[3].is_multiline);
  CHECK_FALSE(asked[1].is_secret);

  form.vault.env.http.answer(200, R"({"app":"app_1"})");
  form.submit({{"region", "eu"},
               {"application_id", "app_1"},
               {"installation_id", "inst_1"},
               {"private_key", "-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----\r\n"}});
  const Connection account = form.account();
  CHECK(account.status == ConnectionStatus::Active);
  CHECK(account.identity == "app_1");
  CHECK(account.fields == std::map<std::string, std::string>{{"region", "eu"}});
  CHECK(account.redacted_credential == "••••");
  const auto opened = form.vault.opened(form.link.connection.id);
  const auto& stored = std::get<FieldsCredential>(opened.credential);
  CHECK(stored.names ==
        std::map<std::string, std::string>{{"application_id", "app_1"}, {"installation_id", "inst_1"}});
  CHECK(stored.secrets.at("private_key") == Secret("-----BEGIN KEY-----\nabc\n-----END KEY-----"));
}

TEST_CASE("a form of several fields names the one that is missing or cannot be sent") {
  Form form("appco");
  const auto [name, value] = GENERATE(table<std::string, std::string>(
      {{"private_key", ""}, {"application_id", ""}, {"application_id", "a\nb"}, {"private_key", "a\x01"}}));
  CAPTURE(name, value);
  Fields entered = {
      {"region", "eu"}, {"application_id", "app_1"}, {"installation_id", "inst_1"}, {"private_key", "k"}};
  for (auto& field : entered) {
    if (field.first == name) field.second = value;
  }
  try {
    form.submit(entered);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    CHECK(std::string(error.what()).find(name) != std::string::npos);
  }
  CHECK(form.vault.env.http.seen().empty());
  CHECK(form.is_open());
}
