#pragma once

#include <functional>
#include <string>

#include "vault/net/router.h"

namespace coffer::mock {

// {"error", "message", "hint"}: how the mock speaks of itself, outside of OAuth and toolkits.
ServerResponse error_answer(int status, const std::string& error, const std::string& message,
                            const std::string& hint = {});

// RFC 6750 section 3: a protected endpoint's refusal. `has_token`: the request presented one; the
// challenge to one that did not has no error code (section 3.1).
ServerResponse bearer_refusal(const std::string& realm, int status, const std::string& error, bool has_token);

// What `handler` answers, or the answer to what it throws. Never throws.
ServerResponse guarded(const std::function<ServerResponse()>& handler);

}  // namespace coffer::mock
