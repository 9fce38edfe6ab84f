#include "vault/api/legacy/list_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/wire/query.h"
#include "vault/base/json.h"

namespace coffer::api::legacy {
namespace {

constexpr std::int64_t kLastPage = 1'000'000;

}  // namespace

PageRequest list_page_param(const ServerRequest& request) {
  PageRequest page;
  page.limit = count_param(request, "pageSize", kMostListed, kMostListed);
  page.offset = (count_param(request, "page", 1, kLastPage) - 1) * page.limit;
  return page;
}

ServerResponse list_page_response(Json items, std::int64_t total, const PageRequest& page) {
  const std::int64_t pages = std::max<std::int64_t>(1, (total + page.limit - 1) / page.limit);
  const Json body = {
      {"items", std::move(items)}, {"page", page.offset / page.limit + 1}, {"totalPages", pages}};
  return ServerResponse::json(200, dump_json(body));
}

}  // namespace coffer::api::legacy
