#pragma once

#include "vault/base/clock.h"
#include "vault/base/http.h"
#include "vault/model/provider.h"
#include "vault/oauth/outcome.h"

namespace coffer {

// Pure: what an answer of the token endpoint means. Lifetimes are counted from `sent_at`, the
// moment before the request left. The body is wiped after parsing.
RefreshOutcome interpret_token_response(HttpResult result, const Provider& provider, Timestamp sent_at,
                                        Timestamp received_at);

}  // namespace coffer
