#include "vault/api/pages/render.h"

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "vault/api/pages/templates.h"

namespace coffer::api {
namespace {

using kainjow::mustache::data;

data to_data(const nlohmann::json& value) {
  if (value.is_boolean()) return data(value.get<bool>());
  if (value.is_string()) {
    // To a section, an empty text is as good as none.
    const auto& text = value.get_ref<const std::string&>();
    return text.empty() ? data(false) : data(text);
  }
  if (value.is_array()) {
    data list(data::type::list);
    for (const auto& item : value) list << to_data(item);
    return list;
  }
  data object(data::type::object);
  for (const auto& [name, member] : value.items()) object.set(name, to_data(member));
  return object;
}

}  // namespace

std::string render_page(const char* content, const nlohmann::json& page) {
  data filled = to_data(page);
  filled.set("content", data(kainjow::mustache::partial([content] { return std::string(content); })));
  kainjow::mustache::mustache layout{std::string(kLayoutTemplate)};
  return layout.render(filled);
}

}  // namespace coffer::api
