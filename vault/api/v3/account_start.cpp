#include "vault/api/v3/account_start.h"

#include "vault/api/v3/auth_config_view.h"
#include "vault/api/v3/credential_input.h"
#include "vault/api/v3/given_credential.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

ConnectionStart start_of(Engine& engine, const ConnectLink& link) {
  return {link.connection, engine.link_url(link.token)};
}

// By the auth config's client, until the values name another.
Credential client_grant() {
  TokenSet tokens;
  tokens.is_client_grant = true;
  return tokens;
}

// Without a credential there is a form to fill in; what was meant as one must not be dropped for it.
void refuse_hollow(const ObjectReader& values, const std::vector<std::string>& given, const AuthMode& mode,
                   const std::map<std::string, std::string>& fields) {
  if (values.text("status") != "ACTIVE") return;
  for (const std::string& name : given) {
    if (name == "status" || fields.contains(name)) continue;
    values.fail(name, "holds no credential of scheme " + std::string(to_string(mode.scheme)),
                "give the credential, or leave it out: a link asks the user for it");
  }
}

}  // namespace

ModeOfConfig mode_of_config(Engine& engine, const AuthConfigId& id) {
  ModeOfConfig out{auth_config_or_not_found(*engine.database().read(), id), nullptr};
  const Toolkit* toolkit = engine.catalog().find_toolkit(out.config.toolkit);
  out.mode = toolkit == nullptr ? nullptr : toolkit->find_auth(out.config.scheme);
  if (out.mode != nullptr) return out;
  throw Error(ErrorCode::Unsupported, "toolkit " + in_quotes(out.config.toolkit) +
                                          " is not in the catalog as \"" + id.str() + "\" needs it");
}

ConnectionStart connect_account(Engine& engine, const ModeOfConfig& known, ConnectRequest connect,
                                const std::optional<ObjectReader>& values) {
  std::optional<Credential> credential;
  if (known.mode->scheme == AuthScheme::NoAuth) credential = std::monostate{};
  if (known.mode->scheme == AuthScheme::S2sOAuth2) credential = client_grant();
  if (values) {
    connect.fields = take_fields(*values, *known.mode);
    const std::vector<std::string> given = values->keys();
    require_own_place(*values, *known.mode, *engine.catalog().find_toolkit(known.config.toolkit));
    credential = take_credential(*values, *known.mode, engine.env().clock.now());
    if (!credential) refuse_hollow(*values, given, *known.mode, connect.fields);
  }
  if (credential) return {engine.connector().import(connect, std::move(*credential)), {}};
  return start_of(engine, engine.connector().authorize(connect));
}

ConnectionStart reconnect_account(Engine& engine, const Connection& known, const std::string& callback_url) {
  if (known.scheme == AuthScheme::NoAuth) return {known, {}};
  ConnectRequest connect;
  connect.user = known.user;
  connect.auth_config = known.auth_config;
  connect.reconnect = known.id;
  connect.alias = known.alias;
  connect.callback_url = callback_url;
  return start_of(engine, engine.connector().authorize(connect));
}

}  // namespace coffer::api::v3
