#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/api/v3/routes.h"
#include "vault/api/v3/text_match.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::api::v3 {
namespace {

struct ToolkitFilter {
  std::string category;
  std::string managed_by;
  std::string search;

  bool admits(const Engine& engine, const Toolkit& toolkit) const {
    const auto& categories = toolkit.categories;
    if (!category.empty() && std::find(categories.begin(), categories.end(), category) == categories.end()) {
      return false;
    }
    if (managed_by == "composio" && managed_schemes(engine, toolkit).empty()) return false;
    if (managed_by == "project" && !managed_schemes(engine, toolkit).empty()) return false;
    return matches_words(search, {toolkit.slug, toolkit.name, toolkit.description});
  }
};

ServerResponse list_toolkits(Engine& engine, const ServerRequest& request) {
  const ToolkitFilter filter{
      .category = to_lower(text_param(request, "category")),
      .managed_by = choice_param(request, "managed_by", {"composio", "all", "project"}),
      .search = text_param(request, "search")};
  choice_param(request, "sort_by", {"usage", "alphabetically"});  // the catalog is small: one order
  const bool only_custom = choice_param(request, "type", {"native", "custom", "all"}) == "custom";
  std::vector<const Toolkit*> found;
  for (const Toolkit& toolkit : engine.catalog().toolkits()) {
    if (!only_custom && filter.admits(engine, toolkit)) found.push_back(&toolkit);
  }
  const PageRequest page = page_param(request);
  const auto cut = cut_page(std::move(found), page);
  Json items = Json::array();
  for (const Toolkit* toolkit : cut.items) items.push_back(toolkit_item(engine, *toolkit));
  return page_response(std::move(items), cut.total, page);
}

ServerResponse get_toolkit(Engine& engine, const ServerRequest& request) {
  const Toolkit& toolkit = toolkit_or_not_found(engine.catalog(), request.param("slug"));
  return ServerResponse::json(200, dump_json(toolkit_detail(engine, toolkit)));
}

ServerResponse list_categories(Engine& engine, const ServerRequest& request) {
  std::set<std::string> categories;
  for (const Toolkit& toolkit : engine.catalog().toolkits()) {
    categories.insert(toolkit.categories.begin(), toolkit.categories.end());
  }
  const PageRequest page = page_param(request);
  const auto cut = cut_page(std::vector<std::string>(categories.begin(), categories.end()), page);
  Json items = Json::array();
  for (const std::string& id : cut.items) items.push_back({{"id", id}, {"name", category_name(id)}});
  return page_response(std::move(items), cut.total, page);
}

}  // namespace

std::vector<RouteEntry> toolkit_routes() {
  return {{"GET", "/toolkits", list_toolkits, "List the toolkits"},
          {"GET", "/toolkits/categories", list_categories, "List the categories of toolkits"},
          {"GET", "/toolkits/:slug", get_toolkit, "Get a toolkit with its ways of authenticating"}};
}

}  // namespace coffer::api::v3
