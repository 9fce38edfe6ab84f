#pragma once

#include <functional>
#include <string>

#include "vault/base/clock.h"
#include "vault/connect/connector.h"
#include "vault/net/router.h"

namespace coffer {
class Engine;
}

namespace coffer::api {

// What the hosted pages stand on; all of it outlives the router.
struct PageContext {
  Connector& connector;
  const Catalog& catalog;
  const Clock& clock;
  std::function<std::string()> public_url;        // decides the cookie's name and flags
  std::function<std::string()> application_name;  // empty: not known
};

// What people see: GET and POST /link/:token, GET /oauth/callback/:ac_id, GET /static/style.css.
// No API key; the link token, the state and the browser's cookie are what they rest on. Every
// answer is a page, errors included. A GET of a link changes nothing.
void add_page_routes(Router& router, PageContext context);
void add_page_routes(Router& router, Engine& engine);

bool is_link_form(const ServerRequest& request);
// 403: what a person sees whose browser was made to send a link's form by another site.
ServerResponse foreign_form_page(const std::string& public_url);

}  // namespace coffer::api
