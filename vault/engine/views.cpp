#include "vault/engine/views.h"

#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/model/credential_fields.h"
#include "vault/model/event.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer {
namespace {

// SDKs demand strings where credentials stand; no byte of a credential is ever among them.

bool holds_credential(ConnectionStatus status) {
  return status == ConnectionStatus::Active || status == ConnectionStatus::Inactive;
}

void add_tokens(Json& val, const Connection& connection) {
  if (!holds_credential(connection.status)) return;
  if (connection.next_refresh_at) val["refresh_token"] = kMasked;
  val["token_type"] = "Bearer";
  val["scope"] = join(connection.scopes, " ");
  if (connection.expires_at) val["expires_at"] = to_rfc3339(*connection.expires_at);
}

// A link's URL is masked like the rest: its token is not kept.
void add_credential_keys(Json& val, const Connection& connection) {
  for (const std::string_view key : state_keys(connection.scheme, connection.status)) val[key] = kMasked;
  if (credential_kind(connection.scheme) == CredentialKind::Tokens) add_tokens(val, connection);
}

void add_ending(Json& val, const Connection& connection) {
  switch (connection.status) {
    case ConnectionStatus::Failed:
      val["error"] = "connection_failed";
      val["error_description"] = connection.status_reason;
      return;
    case ConnectionStatus::Expired:
      val["expired_at"] = to_rfc3339(connection.updated_at);
      return;
    case ConnectionStatus::Revoked:
      val["revoked_at"] = to_rfc3339(connection.updated_at);
      return;
    case ConnectionStatus::Initializing:
    case ConnectionStatus::Initiated:
    case ConnectionStatus::Active:
    case ConnectionStatus::Inactive:
      return;
  }
}

// SDKs drop a state of a status that they do not know of its scheme.
ConnectionStatus status_in_state(AuthScheme scheme, ConnectionStatus status) {
  using enum ConnectionStatus;
  const bool is_over = status == Failed || status == Expired || status == Revoked;
  if (is_over && scheme == AuthScheme::ServiceAccount) return Inactive;
  const bool knows_revoked = scheme == AuthScheme::OAuth2 || scheme == AuthScheme::S2sOAuth2;
  return status == Revoked && !knows_revoked ? Expired : status;
}

Json state_values(Connection connection) {
  connection.status = status_in_state(connection.scheme, connection.status);
  Json val = Json::object();
  for (const auto& [name, value] : connection.fields) val[name] = value;
  val["status"] = to_string(connection.status);
  if (!connection.identity.empty()) val["displayName"] = connection.identity;
  add_credential_keys(val, connection);
  add_ending(val, connection);
  return val;
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

}  // namespace

Json experimental_view(const std::optional<SharedAccess>& shared) {
  if (!shared) return {{"account_type", "PRIVATE"}};
  return {{"account_type", "SHARED"},
          {"acl_config_for_shared",
           {{"allow_all_users", shared->allow_all_users},
            {"allowed_user_ids", shared->allowed_user_ids},
            {"not_allowed_user_ids", shared->not_allowed_user_ids}}}};
}

Json connection_view(const Connection& connection, const AuthConfig* auth_config,
                     const std::optional<SharedAccess>& shared) {
  Json val = state_values(connection);
  Json data = val;
  Json view = {{"id", connection.id.str()},
               {"word_id", nullptr},
               {"alias", text_or_null(connection.alias)},
               {"user_id", connection.user.str()},
               {"status", to_string(connection.status)},
               {"status_reason", text_or_null(connection.status_reason)},
               {"is_disabled", connection.status == ConnectionStatus::Inactive},
               {"toolkit", {{"slug", connection.toolkit}}},
               {"auth_config",
                {{"id", connection.auth_config.str()},
                 {"auth_scheme", to_string(connection.scheme)},
                 {"is_composio_managed", auth_config != nullptr && auth_config->is_managed},
                 {"is_disabled", auth_config == nullptr || !auth_config->is_enabled}}},
               {"created_at", to_rfc3339(connection.created_at)},
               {"updated_at", to_rfc3339(connection.updated_at)},
               {"experimental", experimental_view(shared)}};
  view["state"] = {{"authScheme", to_string(connection.scheme)}, {"val", std::move(val)}};
  view["data"] = std::move(data);
  if (!connection.connected_at && !connection.scopes.empty()) view["requested_scopes"] = connection.scopes;
  return view;
}

Json connection_view(Transaction& tx, const Connection& connection) {
  const auto auth_config = auth_config_store::find(tx, connection.auth_config);
  return connection_view(connection, auth_config ? &*auth_config : nullptr,
                         shared_account_store::find(tx, connection.id));
}

std::string expired_event_body(Transaction& tx, const Connection& connection, const std::string& event_id,
                               Timestamp now, const std::string& project_id,
                               const std::string& organization_id) {
  Json data = connection_view(tx, connection);
  data["params"] = Json::object();
  const Json body = {{"id", event_id},
                     {"timestamp", to_rfc3339(now)},
                     {"type", kExpiredEvent},
                     {"metadata", {{"project_id", project_id}, {"org_id", organization_id}}},
                     {"data", std::move(data)}};
  return dump_json(body);
}

}  // namespace coffer
