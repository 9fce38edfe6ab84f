#include "vault/api/legacy/legacy.h"

namespace coffer::api {
namespace {

constexpr Notation kSchemas[] = {
    {"LegacyError",
     "{type:text, name:text, status:int, message:text, requestId:text, details?:[{message:text}]}"},
    {"LegacySuccess", "{status:text}"},
    {"LegacyDeletion", "{status:text, count:int}"},
    {"LegacyField",
     "{name:text, display_name:text, displayName:text, description:text, type:text, default:text|null,"
     " required:bool, expected_from_customer:bool, is_secret:bool}"},
    {"App",
     "{appId:text, key:text, name:text, displayName:text, description:text, categories:[text], meta:object,"
     " logo:text, docs:text, status:text, enabled:bool, no_auth:bool, tags:[text], createdAt:text,"
     " updatedAt:text, testConnectors:[{id:text, name:text, authScheme:text}],"
     " auth_schemes:[AppAuthScheme]}"},
    {"AppAuthScheme",
     "{scheme_name:text, name:text, auth_mode:text, mode:text, fields:[LegacyField], proxy:{base_url:text},"
     " authorization_url?:text, token_url?:text, default_scopes?:[text]}"},
    {"Action",
     "{name:text, enum:text, display_name:text, displayName:text, description:text, parameters:object,"
     " response:object,"
     " appKey:text, appName:text, appId:text, version:text, available_versions:[text], tags:[text],"
     " no_auth:bool, logo:text, enabled:bool, deprecated:bool}"},
    {"ActionResult", "{data:object, error:text|null, successful:bool, successfull:bool, logId?:text}"},
    {"Integration",
     "{id:text, name:text, authScheme:text, createdAt:text, updatedAt:text, enabled:bool, deleted:bool,"
     " appId:text, appName:text, logo:text, useComposioAuth:bool, authConfig:object,"
     " expectedInputFields:[LegacyField], limitedActions:[text], connections:[object],"
     " _count:{connections:int}, member:object, defaultConnectorId:text|null}"},
    {"IntegrationReference", "{integrationId:text, authScheme:text}"},
    {"Account",
     "{id:text, status:(INITIATED ACTIVE FAILED EXPIRED), statusReason:text, createdAt:text, updatedAt:text,"
     " appUniqueId:text, appName:text, integrationId:text, connectionParams:object,"
     " clientUniqueUserId:text, entityId:text, enabled:bool, isDisabled:bool, deleted:bool, labels:[text],"
     " invocationCount:int, logo:text, member:object, data:object, meta:{app:{appId:text, key:text,"
     " name:text}}, authConfig:object}"},
    {"AccountStart",
     "{connectionStatus:(INITIATED ACTIVE FAILED EXPIRED), connectedAccountId:text, redirectUrl:text|null}"},
    {"AccountParameters",
     "{base_url:text, parameters:[{in:(header query), name:text, value:text}], body:object}"}};

constexpr Notation kRoutes[] = {
    {"GET /v1/apps", "{items:[App], page:int, totalPages:int}"},
    {"GET /v1/apps/:app", "App"},
    {"GET /v2/actions", "{items:[Action], page:int, totalPages:int}"},
    {"GET /v2/actions/:action", "Action"},
    {"POST /v2/actions/:action/execute", "ActionResult"},
    {"POST /v2/actions/proxy", "ActionResult"},
    {"GET /v2/actions/search/advanced", "{items:[{app:text, actions:[text], description:text, order:int}]}"},
    {"GET /v2/actions/list/all", "{items:[Action], page:int, totalPages:int}"},
    {"GET /v2/actions/list/tags", "[text]"},
    {"GET /v1/actions/list/enums", "[text]"},
    {"GET /v2/actions/list/enums", "[text]"},
    {"GET /v1/integrations", "{items:[Integration], page:int, totalPages:int}"},
    {"POST /v1/integrations", "Integration"},
    {"GET /v1/integrations/:integration", "Integration"},
    {"PATCH /v1/integrations/:integration", "Integration"},
    {"DELETE /v1/integrations/:integration", "LegacyDeletion"},
    {"POST /v2/integrations/create", "IntegrationReference"},
    {"POST /v2/integrations/get-or-create", "IntegrationReference"},
    {"GET /v1/connectedAccounts", "{items:[Account], page:int, totalPages:int}"},
    {"GET /v1/connectedAccounts/:account", "Account"},
    {"GET /v1/connectedAccounts/:account/info", "AccountParameters"},
    {"DELETE /v1/connectedAccounts/:account", "LegacyDeletion"},
    {"POST /v1/connectedAccounts/:account/enable", "LegacySuccess"},
    {"POST /v1/connectedAccounts/:account/disable", "LegacySuccess"},
    {"POST /v2/connectedAccounts/initiateConnection", "{connectionResponse:AccountStart}"},
    {"POST /v1/connectedAccounts", "AccountStart"},
    {"POST /v1/connectedAccounts/:account/reinitiate", "AccountStart"},
    {"GET /v1/client/auth/client_info", "{client:{id:text, name:text, email:text}}"},
    {"GET /v1/cli/sentry-dns", "{dns:text|null}"},
    {"POST /v1/logs", "LegacySuccess"},
    {"GET /v1/triggers", "[object]"},
    {"GET /v1/triggers/active_triggers", "{triggers:[object]}"},
    {"GET /v2/triggers/:trigger", "object"}};

}  // namespace

AnswerTable legacy_answers() {
  return {kSchemas, kRoutes, "LegacyError"};
}

}  // namespace coffer::api
