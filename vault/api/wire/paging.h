#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vault/net/router.h"
#include "vault/store/page.h"

namespace coffer::api {

// Cursors are opaque to callers: base64url of an offset.
std::string cursor_of_offset(std::int64_t offset);
std::optional<std::int64_t> offset_of_cursor(std::string_view cursor);

// {items, next_cursor, total_pages, current_page, total_items}.
ServerResponse page_response(nlohmann::json items, std::int64_t total, const PageRequest& page);

// The part of a list in memory that a page asks for.
template <class T>
Page<T> cut_page(std::vector<T> all, const PageRequest& request) {
  Page<T> page;
  page.total = static_cast<std::int64_t>(all.size());
  for (std::int64_t i = request.offset; i < page.total && i - request.offset < request.limit; ++i) {
    page.items.push_back(std::move(all[static_cast<std::size_t>(i)]));
  }
  return page;
}

}  // namespace coffer::api
