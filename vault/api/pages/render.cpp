#include "vault/api/pages/render.h"

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "vault/api/pages/templates.h"

namespace coffer::api {
namespace {

using kainjow::mustache::data;

void put(data& object, const std::string& name, const nlohmann::json& value);

data to_object(const nlohmann::json& value) {
  data object(data::type::object);
  for (const auto& [name, member] : value.items()) put(object, name, member);
  return object;
}

data to_list(const nlohmann::json& value) {
  data list(data::type::list);
  for (const auto& item : value) list << to_object(item);
  return list;
}

void put(data& object, const std::string& name, const nlohmann::json& value) {
  if (value.is_array()) {
    object.set(name, to_list(value));
  } else if (value.is_string() && !value.get_ref<const std::string&>().empty()) {
    object.set(name, value.get<std::string>());
  } else {
    // To a section, an empty text is as good as none.
    object.set(name, value.is_boolean() && value.get<bool>());
  }
}

}  // namespace

std::string render_page(const char* content, const nlohmann::json& page) {
  const kainjow::mustache::partial body = [content] { return std::string(content); };
  const kainjow::mustache::partial field = [] { return std::string(kFieldTemplate); };
  data filled = to_object(page);
  filled["content"] = data(body);
  filled["field_attributes"] = data(field);
  kainjow::mustache::mustache layout{std::string(kLayoutTemplate)};
  return layout.render(filled);
}

}  // namespace coffer::api
