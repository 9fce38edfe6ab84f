#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/net/router.h"

namespace coffer::api {

// Puts the headers of every page on an answer: a policy that allows our style sheet and nothing
// else, no storing, no framing. `form_targets`: the policy's sources for a form's POST and for
// the redirects that follow it; empty: the page has no form.
ServerResponse with_page_headers(ServerResponse response, const std::vector<std::string>& form_targets = {});

// A redirect that leaves no trace of the page it came from.
ServerResponse leave_to(const std::string& location);

// What a person needs to know when there is nothing to fill in.
struct Message {
  int status = 200;
  std::string heading;
  std::string text;
  std::string advice = {};
  std::string details = {};  // folded away
  std::string toolkit = {};  // its name, where it is known
  std::string next = {};     // where the browser goes on to by itself, and by a link; empty: nowhere
};
ServerResponse message_page(const Message& message, const std::string& own_host);

// A host with its port, as people know it from the address bar.
std::string host_and_port(const std::string& url);

}  // namespace coffer::api
