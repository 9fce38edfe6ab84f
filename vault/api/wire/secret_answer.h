#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/net/router.h"

namespace coffer::api {

// An answer that hands something out which is shown once: a link, a signing secret. Told not to be
// kept by anybody on the way; `body` is wiped.
ServerResponse secret_answer(int status, nlohmann::json body);

}  // namespace coffer::api
