#pragma once

#include <string_view>
#include <vector>

#include "vault/api/wire/guard.h"
#include "vault/engine/engine.h"
#include "vault/net/router.h"

namespace coffer::api {

enum class Support { Full, Partial, None };

// One endpoint, as the route table lists it: what serves it is what describes it.
struct RouteEntry {
  std::string_view method;
  std::string_view pattern;  // below the dialect's prefix: "/connected_accounts/:id"
  ServerResponse (*handler)(Engine&, const ServerRequest&);
  std::string_view summary;
  std::string_view shown_by = {};  // name of a test
  std::string_view query = {};     // names of query parameters, with commas between them
  Support support = Support::Full;
  std::string_view note = {};  // what is missing or different
  bool needs_key = true;
};

// Registers each entry below `prefix`, behind an API key of scope "api" where it needs one.
void add_routes(Router& router, std::string_view prefix, const std::vector<RouteEntry>& entries,
                Engine& engine, const Guard& guard);

}  // namespace coffer::api
