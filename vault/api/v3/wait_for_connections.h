#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"
#include "vault/model/session.h"

// COMPOSIO_WAIT_FOR_CONNECTIONS.
namespace coffer::api::v3 {

nlohmann::json wait_for_connections_input();
nlohmann::json wait_for_connections_output();

// {message, all_connected, timed_out, results: {<toolkit>: {status, connected_account_id?}}}.
nlohmann::json wait_for_connections(Engine& engine, const Session& session, const ObjectReader& arguments);

// True once the session can act for its user in one of these toolkits, or in all of them. Waits at
// most `at_most`, by the vault's clock and in real time, and less while many others wait.
bool wait_until_connected(Engine& engine, const Session& session, const std::vector<std::string>& toolkits,
                          bool in_all, Duration at_most);

}  // namespace coffer::api::v3
