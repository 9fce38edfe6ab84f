#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/base/env.h"
#include "vault/catalog/catalog.h"
#include "vault/model/connection.h"
#include "vault/model/shared_access.h"
#include "vault/model/token_set.h"
#include "vault/oauth/token_client.h"
#include "vault/store/database.h"
#include "vault/store/link_store.h"

namespace coffer {

struct Blueprint;
struct Grant;
struct LinkEnding;

inline constexpr Duration kLinkLifetime = std::chrono::minutes(10);

struct ConnectRequest {
  UserId user;
  AuthConfigId auth_config;
  std::string callback_url;  // empty: our own final page. https, or http to loopback
  std::string alias;
  // Reconnect this account (it must be the user's and of this auth config). Absent: the user's
  // newest account of this auth config that was connected once and is EXPIRED, FAILED, REVOKED or
  // on its way through an older link (of this alias, if one is given) keeps its id; otherwise a
  // new account is made.
  std::optional<ConnectionId> reconnect;
  std::map<std::string, std::string> fields;  // connection fields known already (subdomain)
  // A new SHARED account, whatever there is: never one that was private.
  std::optional<SharedAccess> shared = std::nullopt;
  // import() only: the toolkit's verifying call is made before anything is stored.
  bool asks_service = false;
};

struct ConnectLink {
  Secret token;  // lk_ and 43 characters
  Connection connection;
  Timestamp expires_at;
};

// What the hosted page shows for a link token.
struct LinkView {
  link_store::State state = link_store::State::Fresh;
  Connection connection;
  const Toolkit* toolkit = nullptr;
  const AuthMode* mode = nullptr;
  const Provider* provider = nullptr;  // schemes of tokens only
  std::vector<std::string> scopes;
  std::vector<ConnectionField> missing_fields;  // still to be asked for
  std::string service_host;  // where a key goes; "<subdomain>" stands for what is not known yet
  std::string callback_url;
  Timestamp expires_at;
};

// Where the browser goes after a step: on to the provider, back to the app, or to a page of ours.
struct BrowserStep {
  enum class Kind { ToProvider, Connected, Failed };
  enum class Failure {
    None,
    Cancelled,       // on our own page
    Denied,          // at the provider
    ProviderError,   // the provider's answer was an error or not an answer to this request
    ExchangeFailed,  // the code brought no usable token
    OtherAccount,    // signed in as somebody else than the account being reconnected
    AccountGone,     // deleted or revoked during the walk
    LinkEnded,       // its time was over, or a newer link took its place, during the walk
  };
  Kind kind = Kind::Failed;
  Failure failure = Failure::None;
  std::string location;  // ToProvider: authorize URL; else the app's callback URL with its
                         // parameters, empty if there is none
  Secret browser;        // ToProvider: the cookie's value
  Connection connection;
  std::string problem;     // Failed: one sentence for a person
  std::string error_code;  // ProviderError: the provider's own word for it, [a-z_]
};

// Connect Links from birth to ACTIVE. Any thread. Errors: NotFound (unknown link or foreign
// account), Gone (used or expired), Forbidden (another browser), InvalidArgument (a field).
class Connector {
 public:
  struct Hooks {
    std::function<std::string()> public_url;  // scheme://host[:port] of the redirect URI
    std::function<void()> on_connected;       // after the commit
    // Puts a credential on a request to the toolkit; for the verifying call and for discovery.
    std::function<void(HttpRequest&, const AuthMode&, const Credential&)> apply_credential;
    // A client that refuses nothing for want of room, for what must not end half way; throws
    // Unavailable where there is no room for it. Absent: the Env's does.
    std::function<std::unique_ptr<HttpClient>(const std::string& url)> reserve = nullptr;
  };

  Connector(Env env, Database& database, const Catalog& catalog, Hooks hooks);

  ConnectLink authorize(const ConnectRequest& request);
  // The same for a request that depends on what is in the vault: `decide` runs inside the transaction
  // that makes the link, and what it throws ends it.
  ConnectLink authorize(const std::function<ConnectRequest(Transaction&)>& decide);

  // Stores a credential that the application already has: ACTIVE at once. With `asks_service` a
  // refusal is InvalidArgument, and so is a toolkit without a verifying call. A grant of the client
  // alone that has no access token yet gets one.
  Connection import(const ConnectRequest& request, Credential credential);
  using CredentialChange = std::function<Credential(WriteTransaction&, Connection&, Credential)>;
  // Replaces the credential of an account by what `change` makes of it (none: monostate); the
  // account keeps its id. `change` runs inside the transaction and may change the account too; what it
  // throws leaves everything as it was.
  Connection change_credential(const ConnectionId& id, const CredentialChange& change);

  LinkView view(std::string_view link_token) const;

  // The POST that starts the walk of an OAuth link. `browser`: the cookie's value or empty.
  BrowserStep begin(std::string_view link_token, std::string_view browser, const Fields& form);
  // The POST of the key form: makes the verifying call where the toolkit defines one, then
  // commits. A refused key is InvalidArgument and the link stays open.
  BrowserStep submit(std::string_view link_token, const Fields& form);
  // A sign-in that was begun is cancelled by the browser that began it alone.
  BrowserStep cancel(std::string_view link_token, std::string_view browser);

  // The provider's answer at /oauth/callback/{ac_id}: code and state, or error. Consumes the
  // state, exchanges the code, discovers what the toolkit asks for, commits. Throws Unavailable, the
  // state being good for another try, where too many wait for the provider already.
  BrowserStep complete(const AuthConfigId& auth_config, const Fields& answer, std::string_view browser);

  // Ends links whose 10 minutes are over; returns when the next one ends.
  std::optional<Timestamp> expire_links();

  // Asks the provider to revoke the grant and marks the account REVOKED. Returns the kinds of
  // token that were revoked. Throws Unsupported, WrongState.
  std::vector<std::string> revoke(const ConnectionId& id);

 private:
  // The Env's client, or one that `reserved` keeps.
  Env reserve(const std::string& url, std::unique_ptr<HttpClient>& reserved) const;
  // Holds no transaction. nullopt: `ending` says why.
  std::optional<Grant> exchange_code(const Env& env, const link_store::Link& link, const Blueprint& blueprint,
                                     const ClientCredentials& client, std::string_view code,
                                     LinkEnding& ending);
  // Gets the access token of a grant that a client has by itself, where none was given. As below.
  void obtain_token(const Blueprint& blueprint, Grant& grant);
  // Holds no transaction. Throws InvalidArgument (refused) and Unavailable (could not be asked).
  void verify_key(const Blueprint& blueprint, Grant& grant);
  BrowserStep commit_link(WriteTransaction& tx, const link_store::Link& link, const Grant& grant);
  BrowserStep end_link(WriteTransaction& tx, const link_store::Link& link, const LinkEnding& ending);
  Connection commit_import(WriteTransaction& tx, Connection connection, Grant grant);

  Env env_;
  Database& database_;
  const Catalog& catalog_;
  Hooks hooks_;
  TokenClient tokens_;
};

}  // namespace coffer
