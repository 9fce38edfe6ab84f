#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"
#include "vault/model/session.h"

// COMPOSIO_MULTI_EXECUTE_TOOL.
namespace coffer::api::v3 {

nlohmann::json multi_execute_input();
nlohmann::json multi_execute_output();

// {results: [{index, tool_slug, response: {successful, data, error?}, error?}], total_count,
// success_count, error_count}, in the order of the calls.
nlohmann::json multi_execute(Engine& engine, const Session& session, const ObjectReader& arguments);

}  // namespace coffer::api::v3
