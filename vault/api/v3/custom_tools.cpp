#include "vault/api/v3/custom_tools.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

constexpr const char* kTools = "custom_tools";
constexpr const char* kToolkits = "custom_toolkits";
constexpr std::string_view kPrefix = "LOCAL_";
constexpr const char* kNoToolkit = "custom";
constexpr std::size_t kMostCustomTools = 100;
constexpr std::size_t kMostSlugBytes = 60;  // as SDKs count it, with prefix and toolkit
constexpr std::size_t kMostDescriptionBytes = 4096;

std::string final_slug(const std::string& toolkit, const std::string& slug) {
  return to_upper(std::string(kPrefix) + (toolkit.empty() ? "" : toolkit + "_") + slug);
}

bool is_slug(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void check_texts(const ObjectReader& thing) {
  if (!is_slug(thing.required_text("slug")))
    thing.fail("slug", "is not made of letters, digits, \"_\" and \"-\"");
  for (const char* key : {"name", "description"}) {
    if (thing.required_text(key).size() > kMostDescriptionBytes) thing.fail(key, "is longer than 4096 bytes");
  }
  thing.boolean("preload");
}

void check_tool(const ObjectReader& tool, const std::string& toolkit, std::set<std::string>& seen) {
  check_texts(tool);
  tool.required_object("input_schema");
  tool.object("output_schema");
  const std::string slug = final_slug(toolkit, tool.text("slug"));
  if (slug.size() > kMostSlugBytes)
    tool.fail("slug", "is too long: " + in_quotes(slug) + " has over 60 bytes");
  if (!seen.insert(slug).second) tool.fail("slug", "is there for the second time: " + in_quotes(slug));
}

Json experimental_of(const SessionConfig& config) {
  const Json kept = parse_json(config.extra_json, "stored session");
  const Json found = kept.value("experimental", Json());
  return found.is_object() ? found : Json::object();
}

Json list_of(const Json& object, const char* key) {
  const Json found = object.value(key, Json());
  return found.is_array() ? found : Json::array();
}

Tool tool_of(const Json& given, const std::string& toolkit) {
  Tool tool;
  tool.aliases = {given.at("slug").get<std::string>()};
  tool.slug = final_slug(toolkit, tool.aliases.front());
  tool.name = given.at("name").get<std::string>();
  tool.description = given.at("description").get<std::string>();
  tool.input = std::make_shared<const Json>(given.at("input_schema"));
  const Json output = given.value("output_schema", Json());
  tool.output = std::make_shared<const Json>(output.is_object() ? output : Json::object());
  return tool;
}

Json custom_tool_view(const Json& given, const std::string& toolkit) {
  const Json& slug = given.at("slug");
  Json view = {{"slug", final_slug(toolkit, slug.get<std::string>())},
               {"original_slug", slug},
               {"name", given.at("name")},
               {"description", given.at("description")},
               {"input_schema", given.at("input_schema")}};
  for (const char* key : {"output_schema", "extends_toolkit"}) {
    if (!given.value(key, Json()).is_null()) view[key] = given.at(key);
  }
  return view;
}

}  // namespace

void check_custom_tools(const ObjectReader& body) {
  const auto experimental = body.object("experimental");
  if (!experimental) return;
  std::set<std::string> seen;
  for (const ObjectReader& tool : experimental->objects(kTools)) {
    const std::string extended = tool.text("extends_toolkit");
    if (!extended.empty() && !is_slug(extended)) tool.fail("extends_toolkit", "is not a slug");
    check_tool(tool, extended, seen);
  }
  for (const ObjectReader& toolkit : experimental->objects(kToolkits)) {
    check_texts(toolkit);
    for (const ObjectReader& tool : toolkit.objects("tools")) check_tool(tool, toolkit.text("slug"), seen);
  }
  if (seen.size() > kMostCustomTools)
    experimental->fail(kTools, "and custom_toolkits hold more than 100 tools");
}

void take_custom_tools(const ObjectReader& body, SessionConfig& config) {
  check_custom_tools(body);
  const auto given = body.object("experimental");
  if (!given || (!given->has(kTools) && !given->has(kToolkits))) return;
  Json kept = parse_json(config.extra_json, "stored session");
  Json experimental = experimental_of(config);
  for (const char* key : {kTools, kToolkits}) experimental[key] = given->value(key);
  kept["experimental"] = std::move(experimental);
  config.extra_json = dump_json(kept);
}

std::vector<Toolkit> custom_toolkits_of(const SessionConfig& config) {
  const Json experimental = experimental_of(config);
  std::vector<Toolkit> toolkits;
  for (const Json& given : list_of(experimental, kTools)) {
    const Json extended = given.value("extends_toolkit", Json());
    const std::string slug = extended.is_string() ? extended.get<std::string>() : std::string();
    Toolkit toolkit;
    toolkit.slug = slug.empty() ? kNoToolkit : to_lower(slug);
    toolkit.name = toolkit.slug;
    toolkit.tools.push_back(tool_of(given, slug));
    toolkits.push_back(std::move(toolkit));
  }
  for (const Json& given : list_of(experimental, kToolkits)) {
    Toolkit toolkit;
    toolkit.slug = given.at("slug").get<std::string>();
    toolkit.name = given.at("name").get<std::string>();
    toolkit.description = given.at("description").get<std::string>();
    for (const Json& tool : list_of(given, "tools")) toolkit.tools.push_back(tool_of(tool, toolkit.slug));
    toolkits.push_back(std::move(toolkit));
  }
  return toolkits;
}

Json custom_tools_view(const SessionConfig& config) {
  const Json experimental = experimental_of(config);
  Json view = Json::object();
  for (const Json& given : list_of(experimental, kTools)) {
    const Json extended = given.value("extends_toolkit", Json());
    view[kTools].push_back(custom_tool_view(given, extended.is_string() ? extended.get<std::string>() : ""));
  }
  for (const Json& given : list_of(experimental, kToolkits)) {
    const auto slug = given.at("slug").get<std::string>();
    Json tools = Json::array();
    for (const Json& tool : list_of(given, "tools")) tools.push_back(custom_tool_view(tool, slug));
    view[kToolkits].push_back({{"slug", slug},
                               {"name", given.at("name")},
                               {"description", given.at("description")},
                               {"tools", std::move(tools)}});
  }
  return view;
}

void refuse_custom_tool(const SessionConfig& config, const std::string& slug) {
  if (!to_upper(slug).starts_with(kPrefix)) return;
  for (const Toolkit& toolkit : custom_toolkits_of(config)) {
    for (const Tool& tool : toolkit.tools) {
      if (!equals_ignoring_case(tool.slug, slug)) continue;
      throw Error(ErrorCode::InvalidArgument, in_quotes(tool.slug) + " is a tool of the application's own",
                  "it runs in the program that made it, by the session's execute() of its SDK");
    }
  }
}

}  // namespace coffer::api::v3
