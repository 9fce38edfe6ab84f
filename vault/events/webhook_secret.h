#pragma once

#include "vault/base/random.h"
#include "vault/base/secret.h"

namespace coffer {

// "whsec_" and the base64 of 32 random bytes, as Standard Webhooks writes its symmetric secrets.
Secret new_webhook_secret(Random& random);

}  // namespace coffer
