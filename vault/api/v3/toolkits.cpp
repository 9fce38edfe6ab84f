#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/api/v3/routes.h"
#include "vault/api/v3/text_match.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostSlugs = 1000;

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

ServerResponse toolkits_page(Engine& engine, std::vector<const Toolkit*> found, const PageRequest& page) {
  const auto cut = cut_page(std::move(found), page);
  Json items = Json::array();
  for (const Toolkit* toolkit : cut.items) items.push_back(toolkit_item(engine, *toolkit));
  return page_response(std::move(items), cut.total, page);
}

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
  return toolkits_page(engine, std::move(found), page_param(request));
}

ServerResponse get_toolkit(Engine& engine, const ServerRequest& request) {
  const Toolkit& toolkit = toolkit_or_not_found(engine.catalog(), request.param("slug"));
  return ServerResponse::json(200, dump_json(toolkit_detail(engine, toolkit)));
}

// Those of these slugs; unknown ones are left out.
ServerResponse list_named_toolkits(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const char* key = body.has("slugs") ? "slugs" : "toolkits";
  if (!body.has(key)) body.fail(key, "is missing", "name toolkits by their slugs; GET /toolkits lists all");
  const std::vector<std::string> slugs = body.texts(key);
  if (slugs.size() > kMostSlugs) body.fail("toolkits", "has more than 1000 entries");
  std::vector<const Toolkit*> found;
  for (const Toolkit& toolkit : engine.catalog().toolkits()) {
    if (contains_ignoring_case(slugs, toolkit.slug)) found.push_back(&toolkit);
  }
  return toolkits_page(engine, std::move(found), page_param(request));
}

ServerResponse list_changes(Engine&, const ServerRequest& request) {
  return page_response(Json::array(), 0, page_param(request));
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
  return {
      {"GET", "/toolkits", list_toolkits, "List the toolkits", "toolkits are filtered by category and words",
       "category,managed_by,sort_by,search,type,include_deprecated,limit,cursor"},
      {"POST", "/toolkits/multi", list_named_toolkits, "List toolkits by their slugs",
       "toolkits are listed by their slugs", "limit,cursor"},
      {"GET", "/toolkits/categories", list_categories, "List the categories of toolkits",
       "categories are listed once each", "limit,cursor"},
      {"GET", "/toolkits/changelog", list_changes, "List the changes of toolkits",
       "the changelog is an empty page", "limit,cursor", Support::Partial, "a toolkit has one version here"},
      {"GET", "/toolkits/:slug", get_toolkit, "Get a toolkit with its ways of authenticating",
       "a toolkit tells its ways of authenticating and what each asks for", "version"}};
}

}  // namespace coffer::api::v3
