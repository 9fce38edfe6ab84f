#include "tests/unit/connect/connect_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

Connection replace(ConnectFixture& vault, const ConnectionId& id, const std::string& key) {
  return vault.connector.change_credential(
      id, [&](WriteTransaction&, Connection&, const Credential&) { return ApiKeyCredential{Secret(key)}; });
}

}  // namespace

TEST_CASE("a new link makes an account that waits and a token that lives ten minutes") {
  ConnectFixture vault;
  const ConnectLink link = vault.link("acme");
  CHECK(link.token.expose().starts_with("lk_"));
  CHECK(link.token.size() == 46);
  CHECK(link.expires_at == from_ms(kStartMs) + std::chrono::minutes(10));
  CHECK(link.connection.id.str().starts_with("ca_"));
  CHECK(vault.account(link.connection.id).status == ConnectionStatus::Initiated);
  CHECK(vault.account(link.connection.id).scopes == std::vector<std::string>{"read", "write"});
  CHECK(vault.env.log_text.find(link.token.expose()) == std::string::npos);
}

TEST_CASE("what a link is for is decided inside the transaction that makes it") {
  ConnectFixture vault;
  bool is_writing = false;
  const auto decide = [&](Transaction& tx) {
    is_writing = dynamic_cast<WriteTransaction*>(&tx) != nullptr;
    return vault.request("acme");
  };
  const ConnectLink link = vault.connector.authorize(decide);
  CHECK(is_writing);
  CHECK(vault.account(link.connection.id).status == ConnectionStatus::Initiated);
}

TEST_CASE("scopes of the auth config are asked for in place of the toolkit's") {
  ConnectFixture vault;
  vault.change("acme", [](AuthConfig& config) { config.scopes = {"read"}; });
  const ConnectLink link = vault.link("acme");
  CHECK(vault.connector.view(link.token.expose()).scopes == std::vector<std::string>{"read"});
}

TEST_CASE("a user id is 1 to 256 bytes of plain text") {
  ConnectFixture vault;
  const auto [user, is_good] = GENERATE(table<std::string, bool>({{"u", true},
                                                                  {std::string(256, 'u'), true},
                                                                  {"Zoë <script>", true},
                                                                  {"", false},
                                                                  {std::string(257, 'u'), false},
                                                                  {"a\nb", false},
                                                                  {"a\x7f", false},
                                                                  {"\xff", false}}));
  CAPTURE(user);
  const ConnectRequest request = vault.request("acme", user);
  if (is_good) {
    CHECK_NOTHROW(vault.connector.authorize(request));
  } else {
    CHECK(code_of([&] { vault.connector.authorize(request); }) == ErrorCode::InvalidArgument);
  }
}

TEST_CASE("a link needs an auth config that exists and is enabled") {
  ConnectFixture vault;
  CHECK(code_of([&] { vault.connector.authorize(vault.request("nowhere")); }) == ErrorCode::NotFound);
  vault.change("acme", [](AuthConfig& config) { config.is_enabled = false; });
  CHECK(code_of([&] { vault.connector.authorize(vault.request("acme")); }) == ErrorCode::WrongState);
}

TEST_CASE("another user's account cannot be reconnected and looks absent") {
  ConnectFixture vault;
  const Connection account = vault.connected("user_1");
  ConnectRequest request = vault.request("acme", "user_2");
  request.reconnect = account.id;
  CHECK(code_of([&] { vault.connector.authorize(request); }) == ErrorCode::NotFound);
  request.reconnect = ConnectionId("ca_none");
  CHECK(code_of([&] { vault.connector.authorize(request); }) == ErrorCode::NotFound);
}

TEST_CASE("an account is reconnected with its own auth config only") {
  ConnectFixture vault;
  ConnectRequest request = vault.request("openco");
  request.reconnect = vault.connected().id;
  CHECK(code_of([&] { vault.connector.authorize(request); }) == ErrorCode::InvalidArgument);
}

TEST_CASE("an account that was connected once keeps its id when it is linked again") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  const auto status = GENERATE(ConnectionStatus::Expired, ConnectionStatus::Failed, ConnectionStatus::Revoked,
                               ConnectionStatus::Initiated);
  vault.change(account.id, [&](Connection& row) {
    row.status = status;
    row.status_reason = "before";
  });
  CHECK(vault.link("acme").connection.id == account.id);
  CHECK(vault.account(account.id).status == ConnectionStatus::Initiated);
}

TEST_CASE("an ACTIVE account is left alone unless the link names it") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  CHECK(vault.link("acme").connection.id != account.id);
  ConnectRequest request;
  request.reconnect = account.id;
  CHECK(vault.link("acme", request).connection.id == account.id);
  CHECK(vault.account(account.id).status == ConnectionStatus::Active);
}

TEST_CASE("links that nobody followed do not hide the account to reconnect") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  for (int i = 0; i < 3; ++i) vault.link("acme");
  vault.change(account.id, [](Connection& row) { row.status = ConnectionStatus::Expired; });
  CHECK(vault.link("acme").connection.id == account.id);
}

TEST_CASE("an account that was never connected does not take the next link") {
  ConnectFixture vault;
  CHECK(vault.link("acme").connection.id != vault.link("acme").connection.id);
}

TEST_CASE("an alias is up to 64 bytes of text and one account's per user and toolkit") {
  ConnectFixture vault;
  ConnectRequest request;
  request.alias = std::string(65, 'a');
  CHECK(code_of([&] { vault.link("openco", request); }) == ErrorCode::InvalidArgument);
  request.alias = "work";
  const ConnectLink first = vault.link("openco", request);
  CHECK(vault.account(first.connection.id).alias == "work");

  SECTION("an unfinished account is taken up again") {
    CHECK(vault.link("openco", request).connection.id == first.connection.id);
  }
  SECTION("an ACTIVE account keeps it") {
    vault.connector.submit(first.token.expose(), {{"generic_api_key", "k"}});
    CHECK(code_of([&] { vault.link("openco", request); }) == ErrorCode::Conflict);
  }
  SECTION("another user may use it too") {
    request.user = UserId("user_2");
    CHECK(vault.link("openco", request).connection.id != first.connection.id);
  }
  SECTION("a reconnection may not take it from a connected account") {
    vault.connector.submit(first.token.expose(), {{"generic_api_key", "k"}});
    ConnectRequest other;
    other.alias = "home";
    const ConnectLink second = vault.link("openco", other);
    other.alias = "work";
    other.reconnect = second.connection.id;
    CHECK(code_of([&] { vault.link("openco", other); }) == ErrorCode::Conflict);
  }
}

TEST_CASE("a new link ends the older open ones of its account") {
  ConnectFixture vault;
  ConnectRequest request;
  request.alias = "work";
  const ConnectLink first = vault.link("acme", request);
  const ConnectLink second = vault.link("acme", request);
  CHECK(vault.connector.view(second.token.expose()).state == link_store::State::Fresh);
  CHECK(code_of([&] { vault.connector.begin(first.token.expose(), {}, {}); }) == ErrorCode::Gone);
}

TEST_CASE("fields given in advance are those the toolkit asks for, in their form, and no secrets") {
  ConnectFixture vault;
  const auto [toolkit, name, value, is_good] = GENERATE(table<std::string, std::string, std::string, bool>({
      {"tenant", "subdomain", "example", true},
      {"tenant", "subdomain", "evil.example/", false},
      {"tenant", "host", "example", false},
      {"keyco", "generic_api_key", "key-1", false},
      {"deskco", "username", "alice", false},
      {"deskco", "subdomain", "desk", true},
  }));
  CAPTURE(toolkit, name, value);
  ConnectRequest request = vault.request(toolkit);
  request.fields = {{name, value}};
  if (is_good) {
    const ConnectLink link = vault.connector.authorize(request);
    for (const ConnectionField& field : vault.connector.view(link.token.expose()).missing_fields) {
      CHECK(field.name != name);
    }
  } else {
    CHECK(code_of([&] { vault.connector.authorize(request); }) == ErrorCode::InvalidArgument);
  }
}

TEST_CASE("an imported credential makes an account ACTIVE at once, without the network") {
  ConnectFixture vault;
  const Connection account =
      vault.connector.import(vault.request("keyco"), ApiKeyCredential{Secret("key-77889900")});
  CHECK(account.status == ConnectionStatus::Active);
  CHECK(account.connected_at == from_ms(kStartMs));
  CHECK(std::get<ApiKeyCredential>(vault.opened(account.id).credential).key == Secret("key-77889900"));
  CHECK(vault.env.http.seen().empty());
  CHECK(vault.connected_calls == 1);
}

TEST_CASE("imported tokens are refreshed before they end") {
  ConnectFixture vault;
  TokenSet tokens;
  tokens.access_token = Secret("at");
  tokens.refresh_token = Secret("rt");
  tokens.expires_at = from_ms(kStartMs) + std::chrono::hours(1);
  tokens.scopes = {"read"};
  const Connection account = vault.connector.import(vault.request("acme"), std::move(tokens));
  REQUIRE(account.next_refresh_at);
  CHECK(*account.next_refresh_at < from_ms(kStartMs) + std::chrono::minutes(55));
  CHECK(account.scopes == std::vector<std::string>{"read"});
}

TEST_CASE("a credential that does not fit is not imported") {
  ConnectFixture vault;
  const auto import = [&](const std::string& toolkit, Credential credential) {
    vault.connector.import(vault.request(toolkit), std::move(credential));
  };
  CHECK(code_of([&] { import("keyco", BearerCredential{Secret("t")}); }) == ErrorCode::InvalidArgument);
  CHECK(code_of([&] { import("keyco", ApiKeyCredential{}); }) == ErrorCode::InvalidArgument);
  CHECK(code_of([&] { import("keyco", ApiKeyCredential{Secret("a\r\nX: y")}); }) ==
        ErrorCode::InvalidArgument);
  CHECK(code_of([&] {
          import("deskco", BasicCredential{"alice", Secret("p")});
        }) == ErrorCode::InvalidArgument);
}

TEST_CASE("a replaced credential keeps the account's id and brings it back to life") {
  ConnectFixture vault;
  const Connection account =
      vault.connector.import(vault.request("openco"), ApiKeyCredential{Secret("old-key")});
  vault.change(account.id, [](Connection& row) {
    row.status = ConnectionStatus::Expired;
    row.status_reason = "gone";
  });
  const Connection replaced = replace(vault, account.id, "new-key");
  CHECK(replaced.id == account.id);
  CHECK(replaced.status == ConnectionStatus::Active);
  CHECK(replaced.status_reason.empty());
  CHECK(std::get<ApiKeyCredential>(vault.opened(account.id).credential).key == Secret("new-key"));
}

TEST_CASE("a credential from the application is nobody's until the service was asked") {
  ConnectFixture vault;
  const Connection account =
      vault.connector.import(vault.request("openco"), ApiKeyCredential{Secret("key-of-alice-0001")});
  vault.change(account.id, [](Connection& row) { row.identity = "alice@example.com"; });
  SECTION("that replaces another") {
    replace(vault, account.id, "key-of-bob-0002");
  }
  SECTION("that is imported into the same account") {
    ConnectRequest request = vault.request("openco");
    request.reconnect = account.id;
    vault.connector.import(request, ApiKeyCredential{Secret("key-of-bob-0002")});
  }
  const Connection row = vault.account(account.id);
  CHECK(row.identity.empty());
  CHECK(row.redacted_credential == Secret("key-of-bob-0002").redacted());
}

TEST_CASE("a switched-off account keeps its status when its credential is replaced") {
  ConnectFixture vault;
  const Connection account =
      vault.connector.import(vault.request("openco"), ApiKeyCredential{Secret("old-key")});
  const auto replaced = [&] { return replace(vault, account.id, "new-key"); };
  vault.change(account.id, [](Connection& row) { row.status = ConnectionStatus::Inactive; });
  CHECK(replaced().status == ConnectionStatus::Inactive);
  vault.change(account.id, [](Connection& row) { row.status = ConnectionStatus::Revoked; });
  CHECK(code_of(replaced) == ErrorCode::WrongState);
  CHECK(code_of([&] { replace(vault, ConnectionId("ca_none"), "new-key"); }) == ErrorCode::NotFound);
}

TEST_CASE("an imported credential of several fields must have those that the toolkit needs") {
  ConnectFixture vault;
  ConnectRequest request = vault.request("appco");
  request.fields["region"] = "eu";
  FieldsCredential credential;
  credential.names = {{"application_id", "app_1"}, {"installation_id", "inst_1"}};
  const auto import = [&](FieldsCredential parts) {
    return vault.connector.import(request, Credential(std::move(parts)));
  };
  CHECK(code_of([&] { import(FieldsCredential{credential.names, {}}); }) == ErrorCode::InvalidArgument);
  credential.secrets["private_key"] = Secret("line 1\nline 2");
  const Connection account = import(std::move(credential));
  CHECK(account.status == ConnectionStatus::Active);
  CHECK(account.scheme == AuthScheme::ServiceAccount);
  CHECK(account.next_refresh_at == std::nullopt);
}
