#include <nlohmann/json.hpp>

#include "vault/api/legacy/app_view.h"
#include "vault/api/legacy/list_page.h"
#include "vault/api/legacy/routes.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/paging.h"
#include "vault/base/json.h"

namespace coffer::api::legacy {
namespace {

ServerResponse list_apps(Engine& engine, const ServerRequest& request) {
  std::vector<const Toolkit*> all;
  for (const Toolkit& toolkit : engine.catalog().toolkits()) all.push_back(&toolkit);
  const PageRequest page = list_page_param(request);
  const auto cut = cut_page(std::move(all), page);
  Json items = Json::array();
  for (const Toolkit* toolkit : cut.items) items.push_back(app_view(engine, *toolkit));
  return list_page_response(std::move(items), cut.total, page);
}

ServerResponse get_app(Engine& engine, const ServerRequest& request) {
  const Toolkit& toolkit = v3::toolkit_or_not_found(engine.catalog(), request.param("app"));
  return ServerResponse::json(200, dump_json(app_view(engine, toolkit)));
}

}  // namespace

std::vector<RouteEntry> app_routes() {
  return {{"GET", "/v1/apps", list_apps, "List apps", "every app has what the first SDKs need of it"},
          {"GET", "/v1/apps/:app", get_app, "Get an app with its ways of authenticating",
           "an app is found by its key in any case"}};
}

}  // namespace coffer::api::legacy
