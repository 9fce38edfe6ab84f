#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"
#include "vault/model/session.h"

// COMPOSIO_SEARCH_TOOLS and COMPOSIO_GET_TOOL_SCHEMAS.
namespace coffer::api::v3 {

inline constexpr std::string_view kGetToolSchemas = "COMPOSIO_GET_TOOL_SCHEMAS";

nlohmann::json search_tools_input();
nlohmann::json search_tools_output();

// The contract's SR (4.6), for {queries: [{use_case, known_fields?}], toolkits?}: what the session
// admits of the catalogue, for each query the tools that fit best.
nlohmann::json search_tools(Engine& engine, const Session& session, const ObjectReader& arguments);

nlohmann::json tool_schemas_input();
nlohmann::json tool_schemas_output();

// {success, tool_schemas: {SLUG: {tool_slug, toolkit, description, input_schema, output_schema}},
// not_found: [slug]}.
nlohmann::json tool_schemas(Engine& engine, const Session& session, const ObjectReader& arguments);

}  // namespace coffer::api::v3
