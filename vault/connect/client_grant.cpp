// RFC 6749 section 4.4: a client that acts for itself.
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/connect/blueprint.h"
#include "vault/connect/connector.h"
#include "vault/connect/grant.h"
#include "vault/store/auth_config_store.h"

namespace coffer {
namespace {

struct TokensGranted {
  const Provider& provider;

  TokenSet operator()(Refreshed& granted) const { return std::move(granted.tokens); }
  TokenSet operator()(const Rejected& r) const { refuse(r.error); }
  TokenSet operator()(const Misconfigured& m) const { refuse(m.error); }
  TokenSet operator()(const Throttled&) const { fail("it is asked too often"); }
  TokenSet operator()(const Transient& t) const { fail(t.detail); }

  [[noreturn]] void refuse(const std::string& error) const {
    throw Error(ErrorCode::InvalidArgument,
                provider.name + " gives this client no access token: " + in_quotes(error),
                "check client_id, client_secret and scopes");
  }
  [[noreturn]] void fail(const std::string& detail) const {
    throw Error(ErrorCode::Unavailable, provider.name + " could not be asked for an access token: " + detail,
                "try again later");
  }
};

}  // namespace

void Connector::obtain_token(const Blueprint& blueprint, Grant& grant) {
  auto* asked = std::get_if<TokenSet>(&grant.credential);
  if (asked == nullptr || !asked->is_client_grant) return;
  const bool has_own = !asked->client.client_id.empty();
  const ClientCredentials of_config =
      has_own ? ClientCredentials{} : auth_config_store::open_client(*database_.read(), blueprint.config.id);
  const ClientCredentials& client = has_own ? asked->client : of_config;
  if (!asked->access_token.empty()) {
    asked->is_client_grant = !client.client_id.empty();  // else it ends with this token
    return;
  }
  if (client.client_id.empty()) {
    throw Error(ErrorCode::InvalidArgument, "\"client_id\" is missing",
                "give client_id and client_secret with the account, or the auth config a client");
  }
  RefreshOutcome outcome = tokens_.client_credentials(*blueprint.provider, client, blueprint.scopes(), {});
  TokenSet tokens = std::visit(TokensGranted{*blueprint.provider}, outcome);
  tokens.client = std::move(asked->client);
  tokens.is_client_grant = true;
  grant.credential = std::move(tokens);
}

}  // namespace coffer
