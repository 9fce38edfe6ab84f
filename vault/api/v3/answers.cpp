#include "vault/api/v3/v3.h"

namespace coffer::api {
namespace {

constexpr Notation kSchemas[] = {
    {"Status", "(INITIALIZING INITIATED ACTIVE FAILED EXPIRED INACTIVE REVOKED)"},
    {"Success", "{success:bool}"},
    {"Toolkit",
     "{slug:text, name:text, type:(native custom), is_local_toolkit:bool, no_auth:bool, auth_schemes:[text],"
     " composio_managed_auth_schemes:[text], deprecated:{toolkitId:text}, meta:{description:text, logo:text,"
     " categories:[Category], created_at:text, updated_at:text, tools_count:int, triggers_count:int,"
     " version:text}}"},
    {"Category", "{id:text, name:text}"},
    {"ToolkitDetail",
     "{slug:text, name:text, type:(native custom), enabled:bool, is_local_toolkit:bool, no_auth:bool,"
     " composio_managed_auth:[{mode:text, scopes:{available:[text]}}], composio_managed_auth_schemes:[text],"
     " deprecated:{toolkitId:text, rawProxyInfoByAuthSchemes:[object]}, meta:{description:text, logo:text,"
     " categories:[{slug:text, name:text}], created_at:text, updated_at:text, tools_count:int,"
     " triggers_count:int, version:text, available_versions:[text]}, auth_config_details:[AuthConfigDetail],"
     " base_url:text}"},
    {"AuthConfigDetail",
     "{name:text, mode:text, fields:{auth_config_creation:FieldLists,"
     " connected_account_initiation:FieldLists}, proxy:{base_url:text},"
     " deprecated_auth_provider_details?:{authorization_url:text, token_url:text}}"},
    {"FieldLists", "{required:[Field], optional:[Field]}"},
    {"Field",
     "{name:text, displayName:text, description:text, type:text, required:bool, is_secret:bool,"
     " default?:text|null}"},
    {"ToolkitReference", "{slug:text, name:text, logo:text}"},
    {"Tool",
     "{slug:text, name:text, description:text, human_description:text, toolkit:ToolkitReference,"
     " input_parameters:object, output_parameters:object, tags:[text], version:text,"
     " available_versions:[text], scopes:[text], scope_requirements:{all_of:[{any_of:[text]}]}|null,"
     " no_auth:bool, is_deprecated:bool, deprecated:{available_versions:[text], displayName:text,"
     " is_deprecated:bool, version:text, toolkit:{logo:text}}}"},
    {"ToolResult", "{data:object, error:text|null, successful:bool, log_id:text}"},
    {"ProxyResult",
     "{status:int, headers:<text>, data?:any, binary_data?:{content_type:text, size:int, url:text}}"},
    {"AuthConfig",
     "{id:text, uuid:text, name:text, type:(default custom), status:(ENABLED DISABLED), auth_scheme:text,"
     " is_composio_managed:bool, no_of_connections:int, toolkit:{slug:text, logo:text}, credentials:object,"
     " expected_input_fields:[Field], tool_access_config:{tools_available_for_execution?:[text],"
     " tools_for_connected_account_creation?:[text]}, restrict_to_following_tools?:[text],"
     " shared_credentials?:<text>, created_at:text, last_updated_at:text, is_enabled_for_tool_router:bool}"},
    {"CreatedAuthConfig",
     "{toolkit:{slug:text}, auth_config:{id:text, auth_scheme:text, is_composio_managed:bool,"
     " restrict_to_following_tools?:[text]}}"},
    {"ConnectedAccount",
     "{id:text, word_id:text|null, alias:text|null, user_id:text, status:Status, status_reason:text|null,"
     " is_disabled:bool, toolkit:{slug:text}, auth_config:{id:text, auth_scheme:text,"
     " is_composio_managed:bool, is_disabled:bool}, created_at:text, updated_at:text,"
     " state:{authScheme:text, val:object}, data:object, params?:object, requested_scopes?:[text],"
     " experimental:Experimental}"},
    {"Experimental",
     "{account_type:(PRIVATE SHARED), acl_config_for_shared?:{allow_all_users:bool, allowed_user_ids:[text],"
     " not_allowed_user_ids:[text]}}"},
    {"ConnectLink",
     "{link_token:text, redirect_url:text, expires_at:text, connected_account_id:text,"
     " experimental:Experimental}"},
    {"CreatedAccount",
     "{id:text, connectionData:{authScheme:text, val:object}, status:Status, redirect_url:text|null,"
     " redirect_uri:text|null}"},
    {"ChangedAccount", "{id:text, status:Status, success:bool}"},
    {"ReconnectedAccount", "{id:text, status:Status, redirect_url:text|null}"},
    {"RevokedAccount",
     "{revoked_tokens:[(access_token refresh_token)], connected_account:{id:text, status:Status}}"},
    {"Session",
     "{session_id:text, config_version:int, mcp:{type:text, url:text}, tool_router_tools:[text],"
     " config:SessionConfig, experimental?:{custom_tools?:[CustomTool], custom_toolkits?:[{slug:text,"
     " name:text, description:text, tools:[CustomTool]}]}, warnings?:[{code:text, message:text}]}"},
    {"CustomTool",
     "{slug:text, original_slug:text, name:text, description:text, input_schema:object,"
     " output_schema?:object, extends_toolkit?:text}"},
    {"SessionConfig",
     "{user_id:text, preload:{tools:any}, execute:{enable_multi_execute:bool}, search:{enable:bool},"
     " workbench:object, manage_connections:object, toolkits?:{enabled?:[text], disabled?:[text]},"
     " auth_configs?:<text>, connected_accounts?:<[text]>, tools?:<any>, tags?:any, multi_account?:object}"},
    {"DeletedSession", "{session_id:text, deleted:bool}"},
    {"SessionToolkit",
     "{slug:text, name:text, enabled:bool, is_no_auth:bool, composio_managed_auth_schemes:[text],"
     " meta:{logo:text, description:text}, connected_account:{id:text, user_id:text, status:Status,"
     " created_at:text, auth_config:{id:text, auth_scheme:text, is_composio_managed:bool}}|null}"},
    {"SessionToolResult", "{data:object, error:text|null, log_id:text}"},
    {"SearchResult",
     "{success:bool, error:text|null, results:[{index:int, use_case:text, primary_tool_slugs:[text],"
     " related_tool_slugs:[text], toolkits:[text], error?:text}], tool_schemas:<FoundTool>,"
     " toolkit_connection_statuses:[{toolkit:text, description:text, has_active_connection:bool,"
     " status_message:text, accounts:[FoundAccount]}], next_steps_guidance:[text], session:{id:text,"
     " generate_id:bool, instructions:text}, time_info:{current_time_utc:text,"
     " current_time_utc_epoch_seconds:int, message:text}}"},
    {"FoundTool",
     "{tool_slug:text, toolkit:text, description:text, hasFullSchema:bool, input_schema?:object,"
     " schemaRef?:{tool:text, args:{tool_slugs:[text]}, message:text}}"},
    {"FoundAccount", "{id:text, alias:text|null, status:Status, is_default:bool, created_at:text}"},
    {"WebhookSubscription",
     "{id:text, webhook_url:text, version:(V1 V2 V3), enabled_events:[text], secret?:text, created_at:text,"
     " updated_at:text}"},
    {"WebhookSecret", "{id:text, secret:text}"},
    {"WebhookEventTypes", "{items:[{event_type:text, description:text, supported_versions:[(V1 V2 V3)]}]}"},
    {"McpServer",
     "{id:text, name:text, allowed_tools:[text], auth_config_ids:[text], toolkits:[text],"
     " commands:{claude:text, cursor:text, windsurf:text}, mcp_url:text, created_at:text, updated_at:text,"
     " deleted:bool, managed_auth_via_composio:bool, server_instance_count:int, toolkit_icons:<text>}"},
    {"McpServers", "{items:[McpServer], current_page:int, total_pages:int}"},
    {"McpUrls", "{mcp_url:text, user_ids_url:[text], connected_account_urls:[text]}"},
    {"DeletedMcpServer", "{id:text, deleted:bool}"},
    {"ProjectConfig",
     "{is_2FA_enabled:bool, mask_secret_keys_in_connected_account:bool,"
     " log_visibility_setting:(show_all dont_store_data), require_mcp_api_key:bool,"
     " refuse_managed_oauth_create:bool, logo_url:text, display_name:text}"},
    {"AuthSession", "{project:{id:text, name:text, org:{id:text, name:text}}}"},
    {"TriggerId", "{trigger_id:text}"},
    {"TriggerChange", "{status:text}"}};

constexpr Notation kRoutes[] = {{"GET /toolkits", "page<Toolkit>"},
                                {"POST /toolkits/multi", "page<Toolkit>"},
                                {"GET /toolkits/categories", "page<Category>"},
                                {"GET /toolkits/changelog", "page<object>"},
                                {"GET /toolkits/:slug", "ToolkitDetail"},
                                {"GET /tools", "page<Tool>"},
                                {"GET /tools/enum", "[text]"},
                                {"GET /tools/:slug", "Tool"},
                                {"POST /tools/execute/:slug", "ToolResult"},
                                {"POST /tools/execute/proxy", "ProxyResult"},
                                {"POST /tool_router/session/:id/proxy_execute", "ProxyResult"},
                                {"POST /auth_configs", "CreatedAuthConfig"},
                                {"GET /auth_configs", "page<AuthConfig>"},
                                {"GET /auth_configs/:id", "AuthConfig"},
                                {"PATCH /auth_configs/:id", "Success"},
                                {"PATCH /auth_configs/:id/:status", "Success"},
                                {"DELETE /auth_configs/:id", "{}"},
                                {"GET /connected_accounts", "page<ConnectedAccount>"},
                                {"GET /connected_accounts/:id", "ConnectedAccount"},
                                {"PATCH /connected_accounts/:id/status", "Success"},
                                {"PATCH /connected_accounts/:id", "ChangedAccount"},
                                {"POST /connected_accounts/:id/revoke", "RevokedAccount"},
                                {"DELETE /connected_accounts/:id", "Success"},
                                {"POST /connected_accounts/link", "ConnectLink"},
                                {"POST /connected_accounts", "CreatedAccount"},
                                {"POST /connected_accounts/:id/refresh", "ReconnectedAccount"},
                                {"POST /tool_router/session", "Session"},
                                {"GET /tool_router/session/:id", "Session"},
                                {"POST /tool_router/session/:id/attach", "Session"},
                                {"PATCH /tool_router/session/:id", "Session"},
                                {"DELETE /tool_router/session/:id", "DeletedSession"},
                                {"POST /tool_router/session/:id/link", "ConnectLink"},
                                {"GET /tool_router/session/:id/toolkits", "page<SessionToolkit>"},
                                {"GET /tool_router/session/:id/tools", "page<Tool>"},
                                {"POST /tool_router/session/:id/execute", "SessionToolResult"},
                                {"POST /tool_router/session/:id/execute_meta", "SessionToolResult"},
                                {"POST /tool_router/session/:id/search", "SearchResult"},
                                {"POST /webhook_subscriptions", "WebhookSubscription"},
                                {"GET /webhook_subscriptions", "page<WebhookSubscription>"},
                                {"GET /webhook_subscriptions/event_types", "WebhookEventTypes"},
                                {"GET /webhook_subscriptions/:id", "WebhookSubscription"},
                                {"PATCH /webhook_subscriptions/:id", "WebhookSubscription"},
                                {"DELETE /webhook_subscriptions/:id", "Success"},
                                {"POST /webhook_subscriptions/:id/rotate_secret", "WebhookSecret"},
                                {"POST /mcp/servers", "McpServer"},
                                {"POST /mcp/servers/custom", "McpServer"},
                                {"GET /mcp/servers", "McpServers"},
                                {"POST /mcp/servers/generate", "McpUrls"},
                                {"GET /mcp/:id", "McpServer"},
                                {"PATCH /mcp/:id", "McpServer"},
                                {"DELETE /mcp/:id", "DeletedMcpServer"},
                                {"GET /org/project/config", "ProjectConfig"},
                                {"PATCH /org/project/config", "ProjectConfig"},
                                {"GET /auth/session/info", "AuthSession"},
                                {"GET /trigger_instances/active", "page<object>"},
                                {"POST /trigger_instances/:slug/upsert", "TriggerId"},
                                {"PATCH /trigger_instances/manage/:id", "TriggerChange"},
                                {"DELETE /trigger_instances/manage/:id", "TriggerId"},
                                {"GET /triggers_types", "page<object>"},
                                {"GET /triggers_types/list/enum", "[text]"},
                                {"GET /triggers_types/:slug", "object"}};

}  // namespace

AnswerTable v3_answers() {
  return {kSchemas, kRoutes};
}

}  // namespace coffer::api
