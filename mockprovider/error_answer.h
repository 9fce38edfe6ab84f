#pragma once

#include <functional>
#include <string>

#include "vault/net/router.h"

namespace coffer::mock {

// {"error", "message", "hint"}: how the mock speaks of itself, outside of OAuth and toolkits.
ServerResponse error_answer(int status, const std::string& error, const std::string& message,
                            const std::string& hint = {});

// What `handler` answers, or the answer to what it throws. Never throws.
ServerResponse guarded(const std::function<ServerResponse()>& handler);

}  // namespace coffer::mock
