#pragma once

#include "vault/api/pages/page.h"
#include "vault/base/error.h"
#include "vault/catalog/catalog.h"
#include "vault/connect/connector.h"

namespace coffer::api {

// The last page of a walk that does not go back to an app.
Message message_of(const BrowserStep& step, const Catalog& catalog);

// The page for an error on the way to or from a link.
Message message_of_link_error(const Error& error);
// The same for the provider's answer: an unknown state is an answer nobody waits for.
Message message_of_callback_error(const Error& error);

}  // namespace coffer::api
