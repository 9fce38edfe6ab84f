#pragma once

#include <string>

#include "mockprovider/front.h"

namespace coffer::mock {

// A request for this path with query, or for this whole URL. Throws InvalidArgument.
ServerRequest make_request(const std::string& method, const std::string& url);

enum class Decision { Allow, Deny };

// Walks login and consent of an authorize URL in-process, as a person with a browser would, and
// returns where the browser is sent at the end. Throws InvalidArgument if a page refuses to go
// on, and NotFound for an account that is not there.
std::string walk_pages(Front& front, const std::string& authorize_url, const std::string& account,
                       Decision decision);

}  // namespace coffer::mock
