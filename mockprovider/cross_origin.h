#pragma once

#include "mockprovider/mounts.h"

namespace coffer::mock {

// Cross-origin requests of applications that live in a browser (the Fetch standard, CORS protocol). Any page
// may read what the protocol's endpoints answer to a request without cookies; the pages that a person sees,
// the toolkits' APIs and the controls stay closed.

// Whether `place` is such an endpoint, at a provider that has them.
bool is_open_to_pages(const Place& place);

// A browser asks whether it may send the request that a page wants to send.
bool is_preflight(const ServerRequest& request);
ServerResponse preflight_answer(const ServerRequest& request);

void open_to_pages(ServerResponse& response);

}  // namespace coffer::mock
