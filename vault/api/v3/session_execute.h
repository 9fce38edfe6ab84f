#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "vault/engine/engine.h"
#include "vault/model/session.h"

namespace coffer::api::v3 {

struct SessionCall {
  std::string tool;
  nlohmann::json arguments = nlohmann::json::object();
  std::string account;  // id or alias; empty: the default one
};

struct SessionResult {
  nlohmann::json data = nlohmann::json::object();
  std::string error;  // empty: successful
  std::string log_id;
};

// Runs a tool or meta tool as the session's user, within what the session allows: the one way for
// every dialect. Throws what Executor::execute throws, and Forbidden, NotFound and Unsupported for
// tools that the session has not. The hint of NeedsConnection names the way that this session has
// to a link.
SessionResult execute_in_session(Engine& engine, const Session& session, SessionCall call);

// The same for tools of the catalogue alone.
SessionResult execute_catalog_tool(Engine& engine, const Session& session, SessionCall call);

}  // namespace coffer::api::v3
