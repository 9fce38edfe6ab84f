#include "tests/unit/connect/connect_fixture.h"
#include "vault/model/lifecycle.h"
#include "vault/store/outbox.h"

using namespace coffer;
using namespace coffer::testing;

TEST_CASE("a link that nobody completes ends its account without an event") {
  ConnectFixture vault;
  const ConnectLink link = vault.link("acme");
  CHECK(vault.connector.expire_links() == link.expires_at);
  vault.env.clock.advance(kLinkLifetime - Duration(1));
  CHECK(vault.connector.expire_links() == link.expires_at);
  CHECK(vault.account(link.connection.id).status == ConnectionStatus::Initiated);
  vault.env.clock.advance(Duration(1));
  CHECK_FALSE(vault.connector.expire_links());
  CHECK(vault.account(link.connection.id).status == ConnectionStatus::Expired);
  CHECK(vault.account(link.connection.id).status_reason == reason::kNotCompleted);
  CHECK(vault.connector.view(link.token.expose()).state == link_store::State::Expired);
  CHECK(outbox::events(*vault.database->read(), {}).empty());
}

TEST_CASE("an ACTIVE account outlives a link that was made to reconnect it") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  ConnectRequest request;
  request.reconnect = account.id;
  vault.link("acme", request);
  vault.env.clock.advance(kLinkLifetime);
  vault.connector.expire_links();
  CHECK(vault.account(account.id).status == ConnectionStatus::Active);
}

TEST_CASE("a link that comes to nothing leaves a switched-off account switched off, with its grant") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  vault.change(account.id, [](Connection& connection) {
    connection.status = ConnectionStatus::Inactive;
    connection.status_reason = std::string(reason::kDisabledByUser);
  });
  ConnectRequest request;
  request.reconnect = account.id;
  const ConnectLink link = vault.link("acme", request);
  CHECK(vault.account(account.id).status == ConnectionStatus::Initiated);
  SECTION("abandoned") {
    vault.env.clock.advance(kLinkLifetime);
    vault.connector.expire_links();
  }
  SECTION("cancelled") {
    vault.connector.cancel(link.token.expose(), {});
  }
  SECTION("abandoned after a second link") {
    vault.link("acme", request);
    vault.env.clock.advance(kLinkLifetime);
    vault.connector.expire_links();
  }
  const connection_store::Opened opened = vault.opened(account.id);
  CHECK(opened.connection.status == ConnectionStatus::Inactive);
  CHECK(opened.connection.status_reason == reason::kDisabledByUser);
  CHECK(std::holds_alternative<TokenSet>(opened.credential));
}

TEST_CASE("a deleted account's link ends too") {
  ConnectFixture vault;
  const ConnectLink link = vault.link("acme");
  vault.remove(link.connection.id);
  CHECK(code_of([&] { vault.connector.view(link.token.expose()); }) == ErrorCode::Gone);
  vault.env.clock.advance(kLinkLifetime);
  CHECK_FALSE(vault.connector.expire_links());
}

TEST_CASE("revoking ends both tokens at the provider and erases them here") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  vault.env.http.answer(200, "");
  vault.env.http.answer(200, "");
  CHECK(vault.connector.revoke(account.id) == std::vector<std::string>{"refresh_token", "access_token"});
  const auto opened = vault.opened(account.id);
  CHECK(opened.connection.status == ConnectionStatus::Revoked);
  CHECK(opened.connection.status_reason == reason::kRevokedByUser);
  CHECK_FALSE(opened.connection.next_refresh_at);
  CHECK(opened.connection.redacted_credential.empty());
  CHECK(std::holds_alternative<std::monostate>(opened.credential));
  const auto seen = vault.env.http.seen();
  REQUIRE(seen.size() == 4);
  CHECK(seen[2].url == "https://id.acme.example/revoke");
  CHECK(seen[2].body.find("rt-secret-1") != std::string::npos);
  CHECK(seen[3].body.find("at-secret-1") != std::string::npos);
  CHECK(vault.connector.revoke(account.id).empty());
  CHECK(vault.env.http.seen().size() == 4);
}

TEST_CASE("a provider that does not revoke leaves the account as it is") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  vault.env.http.answer(503, "");
  CHECK(code_of([&] { vault.connector.revoke(account.id); }) == ErrorCode::Unavailable);
  CHECK(vault.account(account.id).status == ConnectionStatus::Active);
}

TEST_CASE("tokens that were refreshed during the revocation are revoked as well") {
  ConnectFixture vault;
  const Connection account = vault.connected();
  vault.env.http.answer_with([&](const HttpRequest&) -> HttpResult {
    const auto tx = vault.database->write();
    auto row = connection_store::find(*tx, account.id);
    const Credential fresh =
        TokenSet{Secret("at-secret-2"), Secret("rt-secret-2"), {}, "Bearer", {}, {}, {}, {}, false};
    REQUIRE(connection_store::commit_credential(*tx, *row, fresh));
    tx->commit();
    HttpResponse response;
    response.status = 200;
    return response;
  });
  for (int i = 0; i < 3; ++i) vault.env.http.answer(200, "");
  vault.connector.revoke(account.id);
  CHECK(vault.account(account.id).status == ConnectionStatus::Revoked);
  const auto seen = vault.env.http.seen();
  REQUIRE(seen.size() == 6);
  CHECK(seen[4].body.find("rt-secret-2") != std::string::npos);
}

TEST_CASE("what cannot be revoked says why") {
  ConnectFixture vault;
  CHECK(code_of([&] { vault.connector.revoke(ConnectionId("ca_none")); }) == ErrorCode::NotFound);
  const Connection keyed = vault.connector.import(vault.request("openco"), ApiKeyCredential{Secret("k")});
  CHECK(code_of([&] { vault.connector.revoke(keyed.id); }) == ErrorCode::Unsupported);
  const ConnectLink pending = vault.link("acme");
  CHECK(code_of([&] { vault.connector.revoke(pending.connection.id); }) == ErrorCode::WrongState);
}
