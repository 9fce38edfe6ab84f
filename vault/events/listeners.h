#pragma once

#include "vault/base/env.h"
#include "vault/store/database.h"

// The hidden subscriptions by which `coffer listen` receives events. A listener that was killed
// leaves its own behind, and is known by nobody accepting connections at its URL any more.
namespace coffer::listeners {

inline constexpr std::size_t kMost = 20;

// Nobody accepted the connection: nothing was sent.
bool is_nobody_there(const HttpResult& result);

// Ends the subscriptions of listeners that are gone. Connects to each, and sends nothing. Holds no
// transaction meanwhile.
void end_gone(const Env& env, Database& database);

}  // namespace coffer::listeners
