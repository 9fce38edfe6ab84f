#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "cli/commands/vault_access.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/catalog.h"

namespace coffer::cli {
namespace {

struct ToolkitsOptions {
  std::string slug;
  bool offline = false;
  bool json = false;
};

// One row of either list, from the daemon or from the files: the same members.
Json toolkit_row(const std::string& slug, const std::string& name, const std::vector<std::string>& schemes,
                 std::int64_t tools) {
  return {{"slug", slug}, {"name", name}, {"schemes", schemes}, {"tools", tools}};
}

Json tool_row(const std::string& slug, const std::string& name, const std::string& description) {
  return {{"slug", slug}, {"name", name}, {"description", description}};
}

std::vector<std::string> texts(const Json& object, const std::string& name) {
  std::vector<std::string> result;
  for (const Json& item : object.value(name, Json::array())) result.push_back(item.get<std::string>());
  return result;
}

Json toolkits_of(HttpApi& api) {
  Json rows = Json::array();
  for (const Json& item : api.get_all(std::string(kApi) + "/toolkits")) {
    rows.push_back(toolkit_row(text_of(item, "slug"), text_of(item, "name"), texts(item, "auth_schemes"),
                               item.at("meta").value("tools_count", 0)));
  }
  return rows;
}

Json tools_of(HttpApi& api, const std::string& slug) {
  api.get(api_path("toolkits", slug));  // NotFound, where a list would only be empty
  Json rows = Json::array();
  for (const Json& item : api.get_all(std::string(kApi) + "/tools", {{"toolkit_slug", slug}})) {
    rows.push_back(tool_row(text_of(item, "slug"), text_of(item, "name"), text_of(item, "description")));
  }
  return rows;
}

Json toolkits_of(const Catalog& catalog) {
  Json rows = Json::array();
  for (const Toolkit& toolkit : catalog.toolkits()) {
    std::vector<std::string> schemes;
    for (const AuthMode& mode : toolkit.auth) schemes.emplace_back(to_string(mode.scheme));
    rows.push_back(
        toolkit_row(toolkit.slug, toolkit.name, schemes, static_cast<std::int64_t>(toolkit.tools.size())));
  }
  return rows;
}

Json tools_of(const Catalog& catalog, const std::string& slug) {
  const Toolkit* toolkit = catalog.find_toolkit(slug);
  if (toolkit == nullptr) {
    throw Error(ErrorCode::NotFound, "there is no toolkit \"" + slug + "\"", "run `coffer toolkits`");
  }
  Json rows = Json::array();
  for (const Tool& tool : toolkit->tools) rows.push_back(tool_row(tool.slug, tool.name, tool.description));
  return rows;
}

template <class Source>
Json rows_of(Source& source, const std::string& slug) {
  return slug.empty() ? toolkits_of(source) : tools_of(source, slug);
}

Json rows(const Globals& globals, const ToolkitsOptions& options) {
  if (options.offline) {
    const Catalog catalog = Catalog::load({toolkit_directories(globals), {}});
    return rows_of(catalog, options.slug);
  }
  HttpApi api(find_endpoint(globals));
  return rows_of(api, options.slug);
}

// As many as a line has room for.
std::string in_short(std::vector<std::string> schemes) {
  constexpr std::size_t kShown = 4;
  const std::size_t more = schemes.size() > kShown ? schemes.size() - kShown : 0;
  schemes.resize(schemes.size() - more);
  return join(schemes, ",") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

void print_toolkits(const Json& list) {
  Table table({"TOOLKIT", "NAME", "AUTH", "TOOLS"});
  for (const Json& row : list) {
    table.add({row["slug"], row["name"], in_short(row["schemes"]),
               std::to_string(row["tools"].get<std::int64_t>())});
  }
  table.print();
}

void print_tools(const Json& list) {
  Table table({"TOOL", "DESCRIPTION"});
  for (const Json& row : list) table.add({row["slug"], row["description"]});
  table.print();
}

int run(const Globals& globals, const ToolkitsOptions& options) {
  const Json list = rows(globals, options);
  if (options.json) {
    print_json(list);
  } else {
    options.slug.empty() ? print_toolkits(list) : print_tools(list);
  }
  return exit_code::kOk;
}

}  // namespace

Command toolkits_command(const Globals& globals) {
  auto options = std::make_shared<ToolkitsOptions>();
  return {"toolkits",
          "List toolkits, or the tools of one",
          {{"toolkit", "Print this one's tools", &options->slug, "TOOLKIT"},
           {"--offline", "Read the built-in files and --toolkit-dir, and check them; no daemon is asked",
            &options->offline},
           {"--json", "Print a JSON array", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
