#include <nlohmann/json.hpp>

#include "vault/api/v3/routes.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

// No toolkit here has triggers: lists are empty, and every name is unknown.
namespace coffer::api::v3 {
namespace {

ServerResponse no_triggers(Engine&, const ServerRequest& request) {
  return page_response(Json::array(), 0, page_param(request));
}

ServerResponse no_names(Engine&, const ServerRequest&) {
  return ServerResponse::json(200, "[]");
}

ServerResponse unknown_type(Engine&, const ServerRequest& request) {
  throw Error(ErrorCode::InvalidArgument,
              "trigger type " + in_quotes(request.param("slug")) + " does not exist",
              "no toolkit here has triggers");
}

ServerResponse unknown_trigger(Engine&, const ServerRequest& request) {
  throw Error(ErrorCode::NotFound, "trigger " + in_quotes(request.param("id")) + " does not exist",
              "no toolkit here has triggers");
}

}  // namespace

std::vector<RouteEntry> trigger_routes() {
  constexpr const char* kShown = "there are no triggers, and every name of one is unknown";
  constexpr const char* kNote = "there are none";
  return {{"GET", "/trigger_instances/active", no_triggers, "List the triggers that are set up", kShown,
           "limit,cursor", Support::Partial, kNote},
          {"POST",
           "/trigger_instances/:slug/upsert",
           unknown_type,
           "Set up a trigger",
           kShown,
           {},
           Support::Partial,
           kNote},
          {"PATCH",
           "/trigger_instances/manage/:id",
           unknown_trigger,
           "Enable or disable a trigger",
           kShown,
           {},
           Support::Partial,
           kNote},
          {"DELETE",
           "/trigger_instances/manage/:id",
           unknown_trigger,
           "Delete a trigger",
           kShown,
           {},
           Support::Partial,
           kNote},
          {"GET", "/triggers_types", no_triggers, "List the types of triggers", kShown, "limit,cursor",
           Support::Partial, kNote},
          {"GET",
           "/triggers_types/list/enum",
           no_names,
           "List the slugs of all types of triggers",
           kShown,
           {},
           Support::Partial,
           kNote},
          {"GET",
           "/triggers_types/:slug",
           unknown_type,
           "Get a type of triggers",
           kShown,
           {},
           Support::Partial,
           kNote}};
}

}  // namespace coffer::api::v3
