#pragma once

#include <optional>
#include <string>

#include "vault/api/mcp/json_rpc.h"
#include "vault/api/v3/session_execute.h"
#include "vault/engine/engine.h"
#include "vault/model/session.h"

// Asking a client's user to open a Connect Link: elicitation in URL mode.
namespace coffer::api::mcp {

// A link that a call waits for.
struct PendingConnect {
  std::string toolkit;
  std::string account;
  std::string url;
  Timestamp expires_at;
};

// A Connect Link for what the call lacks, of the account that waits for the user since an earlier call,
// if there is one. Throws what link_for_session() throws.
PendingConnect make_pending(Engine& engine, const Session& session, const Toolkit& toolkit);

// Legacy: the error -32042 of revision 2025-11-25.
RpcError url_required(const PendingConnect& pending, const Toolkit& toolkit);
// Modern: a result "input_required", with the state sealed for the client to bring back.
Json input_required(Engine& engine, const Session& session, const v3::SessionCall& call,
                    const PendingConnect& pending, const Toolkit& toolkit);

// The state that a client brought back. nullopt: not sealed here for this session, user, tool and
// arguments, or its time is over.
std::optional<PendingConnect> open_state(Engine& engine, const Session& session, const v3::SessionCall& call,
                                         const std::string& state);
// What the user did about it: "accept", "decline", "cancel"; empty if the client does not say.
std::string action_of(const Json& params);

}  // namespace coffer::api::mcp
