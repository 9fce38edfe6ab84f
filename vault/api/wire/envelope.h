#pragma once

#include <exception>
#include <string>

#include "vault/base/error.h"
#include "vault/net/router.h"

namespace coffer::api {

// HTTP status of an error, as the SDKs expect it: never 409 or 5xx for what a user did.
int status_of(ErrorCode code);

// {"error":{message, code, status, slug, request_id, suggested_fix}}: contract section 2, Errors.
ServerResponse error_response(const ServerRequest& request, const Error& error);
ServerResponse error_response(const ServerRequest& request,
                              const std::exception& error);  // 500 without its text
// For the few routes whose contract names a status of its own.
ServerResponse error_response_with_status(const ServerRequest& request, const Error& error, int status);

}  // namespace coffer::api
