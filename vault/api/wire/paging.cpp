#include "vault/api/wire/paging.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::api {
namespace {

constexpr std::string_view kPrefix = "offset:";
constexpr std::int64_t kMostOffset = 1'000'000'000'000;

}  // namespace

std::string cursor_of_offset(std::int64_t offset) {
  return to_base64url(std::string(kPrefix) + std::to_string(offset));
}

std::optional<std::int64_t> offset_of_cursor(std::string_view cursor) {
  const auto text = from_base64url(cursor);
  if (!text || !text->starts_with(kPrefix)) return std::nullopt;
  const char* const begin = text->data() + kPrefix.size();
  const char* const end = text->data() + text->size();
  std::int64_t offset = -1;
  const auto [stop, fault] = std::from_chars(begin, end, offset);
  if (fault != std::errc() || stop != end || offset < 0 || offset > kMostOffset) return std::nullopt;
  return offset;
}

ServerResponse page_response(Json items, std::int64_t total, const PageRequest& page) {
  const std::int64_t next = page.offset + page.limit;
  Json body = {{"items", std::move(items)},
               {"next_cursor", next < total ? Json(cursor_of_offset(next)) : Json()},
               {"total_pages", (total + page.limit - 1) / page.limit},
               {"current_page", page.offset / page.limit + 1},
               {"total_items", total}};
  return ServerResponse::json(200, dump_json(body));
}

}  // namespace coffer::api
