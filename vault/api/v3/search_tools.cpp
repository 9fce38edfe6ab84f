#include "vault/api/v3/search_tools.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "vault/api/v3/custom_tools.h"
#include "vault/api/v3/manage_connections.h"
#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/base/encoding.h"
#include "vault/catalog/search_words.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostQueries = 10;
constexpr std::size_t kMostSchemas = 50;
constexpr std::size_t kMostMatches = 10;
constexpr std::size_t kMostPrimary = 4;
constexpr double kPrimaryShare = 0.75;  // of the best score: nearly as good
constexpr double kCustomPrimaryShare = 0.5;

struct UseCase {
  std::string text;
  std::vector<ToolRef> primary, related;
};

std::string use_case_of(const ObjectReader& arguments, const Json& query) {
  if (query.is_object() && query.contains("use_case") && query["use_case"].is_string()) {
    return query["use_case"].get<std::string>();
  }
  arguments.fail("queries", "holds an entry without \"use_case\"",
                 R"(write [{"use_case": "send an email"}])");
}

std::vector<UseCase> use_cases_of(const ObjectReader& arguments) {
  const Json& queries = arguments.value("queries");
  if (!queries.is_array() || queries.empty()) {
    arguments.fail("queries", "is missing or empty", R"(write [{"use_case": "send an email"}])");
  }
  if (queries.size() > kMostQueries) arguments.fail("queries", "has more than 10 entries");
  std::vector<UseCase> cases;
  for (const Json& query : queries) cases.push_back({use_case_of(arguments, query), {}, {}});
  return cases;
}

void fill(UseCase& use_case, const std::vector<ToolMatch>& matches) {
  for (const ToolMatch& match : matches) {
    const bool is_near_best = match.score >= kPrimaryShare * matches.front().score;
    auto& list = is_near_best && use_case.primary.size() < kMostPrimary ? use_case.primary : use_case.related;
    list.push_back(match.ref);
  }
}

// How much of what has to be done the words of a tool say, from 0 to 1. A deed alone names no tool.
double fit(std::vector<std::string> wanted, const Toolkit& toolkit, const Tool& tool) {
  if (!std::all_of(wanted.begin(), wanted.end(), is_bare_deed)) std::erase_if(wanted, is_bare_deed);
  if (wanted.empty()) return 0;
  const auto words =
      search_stems(tool.aliases.front() + " " + tool.name + " " + tool.description + " " + toolkit.name);
  const auto said = std::count_if(wanted.begin(), wanted.end(), [&](const std::string& stem) {
    return std::find(words.begin(), words.end(), stem) != words.end();
  });
  return static_cast<double>(said) / static_cast<double>(wanted.size());
}

// The application's own are few and belong to no corpus: those that say half of it are as good as any.
void add_custom(UseCase& use_case, const std::vector<Toolkit>& custom,
                const std::vector<std::string>& toolkits) {
  for (const Toolkit& toolkit : custom) {
    if (!toolkits.empty() && !contains_ignoring_case(toolkits, toolkit.slug)) continue;
    for (const Tool& tool : toolkit.tools) {
      const double share = fit(query_stems(use_case.text), toolkit, tool);
      if (share >= kCustomPrimaryShare) use_case.primary.push_back({&toolkit, &tool});
      if (share > 0 && share < kCustomPrimaryShare) use_case.related.push_back({&toolkit, &tool});
    }
  }
}

ToolRef find_custom(const std::vector<Toolkit>& custom, const std::string& slug) {
  for (const Toolkit& toolkit : custom) {
    for (const Tool& tool : toolkit.tools) {
      if (equals_ignoring_case(tool.slug, slug)) return {&toolkit, &tool};
    }
  }
  return {};
}

Json slugs_of(const std::vector<ToolRef>& tools) {
  Json slugs = Json::array();
  for (const ToolRef& ref : tools) slugs.push_back(ref.tool->slug);
  return slugs;
}

std::set<std::string> toolkits_of(const UseCase& use_case) {
  std::set<std::string> slugs;
  for (const auto& list : {use_case.primary, use_case.related}) {
    for (const ToolRef& ref : list) slugs.insert(ref.toolkit->slug);
  }
  return slugs;
}

Json result_view(std::size_t index, const UseCase& use_case) {
  const bool is_found = !use_case.primary.empty();
  Json result = {{"index", index},
                 {"use_case", use_case.text},
                 {"primary_tool_slugs", slugs_of(use_case.primary)},
                 {"related_tool_slugs", slugs_of(use_case.related)},
                 {"toolkits", toolkits_of(use_case)}};
  if (!is_found) result["error"] = "no tool of this session fits: try other words";
  return result;
}

Json schema_of(const ToolRef& ref) {
  return {{"tool_slug", ref.tool->slug},
          {"toolkit", ref.toolkit->slug},
          {"description", ref.tool->description},
          {"hasFullSchema", true},
          {"input_schema", ref.tool->input ? *ref.tool->input : Json::object()}};
}

Json schema_reference(const ToolRef& ref) {
  return {{"tool_slug", ref.tool->slug},
          {"toolkit", ref.toolkit->slug},
          {"description", ref.tool->description},
          {"hasFullSchema", false},
          {"schemaRef",
           {{"tool", kGetToolSchemas},
            {"args", {{"tool_slugs", Json::array({ref.tool->slug})}}},
            {"message", "Call it to see what arguments the tool takes."}}}};
}

// Every tool once; in full where any use case has it among its best.
Json schemas_of(const std::vector<UseCase>& cases) {
  Json schemas = Json::object();
  for (const UseCase& use_case : cases) {
    for (const ToolRef& ref : use_case.primary) schemas[ref.tool->slug] = schema_of(ref);
  }
  for (const UseCase& use_case : cases) {
    for (const ToolRef& ref : use_case.related) {
      if (!schemas.contains(ref.tool->slug)) schemas[ref.tool->slug] = schema_reference(ref);
    }
  }
  return schemas;
}

std::string status_message(const Session& session, const Toolkit& toolkit, bool is_connected) {
  if (is_connected) return toolkit.name + " is connected: call its tools.";
  if (!session.config.manage_connections) return toolkit.name + " is not connected.";
  return toolkit.name + " is not connected: call " + std::string(kManageConnections) + " first.";
}

Json connection_status(Transaction& tx, const Session& session, const Toolkit& toolkit) {
  const auto current = usable_account(tx, session, toolkit.slug);
  const bool is_connected = current.has_value() || needs_no_auth(toolkit);
  return {{"toolkit", toolkit.slug},
          {"description", toolkit.description},
          {"has_active_connection", is_connected},
          {"status_message", status_message(session, toolkit, is_connected)},
          {"accounts", accounts_view(accounts_of(tx, session, toolkit.slug), current)}};
}

Json connection_statuses(Engine& engine, const Session& session, const std::vector<UseCase>& cases) {
  std::set<std::string> slugs;
  for (const UseCase& use_case : cases) slugs.merge(toolkits_of(use_case));
  Json statuses = Json::array();
  const auto tx = engine.database().read();
  for (const std::string& slug : slugs) {
    const Toolkit* toolkit = engine.catalog().find_toolkit(slug);  // of the application's own toolkits: none
    if (toolkit != nullptr) statuses.push_back(connection_status(*tx, session, *toolkit));
  }
  return statuses;
}

Json guidance(const Session& session, const Json& statuses) {
  Json steps = Json::array();
  Json missing = Json::array();
  for (const Json& status : statuses) {
    if (!status.at("has_active_connection").get<bool>()) missing.push_back(status.at("toolkit"));
  }
  if (!missing.empty() && session.config.manage_connections) {
    steps.push_back("Before using their tools, call " + std::string(kManageConnections) +
                    " with {\"toolkits\": " + dump_json(missing) + "}, for those that you need.");
  }
  steps.push_back("Call the primary tools with arguments that fit their input_schema.");
  return steps;
}

Json time_info(Timestamp now) {
  return {{"current_time_utc", to_rfc3339(now)},
          {"current_time_utc_epoch_seconds", to_ms(now) / 1000},
          {"message", "The current time, in UTC."}};
}

Json session_reference(const Session& session) {
  return {{"id", session.id.str()},
          {"generate_id", false},
          {"instructions", "Use this session id in later calls."}};
}

}  // namespace

Json search_tools_input() {
  const Json query = {
      {"type", "object"},
      {"properties",
       {{"use_case",
         {{"type", "string"}, {"description", "One thing to do, in plain words: \"send an email\"."}}},
        {"known_fields",
         {{"type", "string"}, {"description", "What is known already, for example \"channel: general\"."}}}}},
      {"required", {"use_case"}}};
  return {{"type", "object"},
          {"properties",
           {{"queries", {{"type", "array"}, {"items", query}, {"minItems", 1}, {"maxItems", kMostQueries}}},
            {"toolkits",
             {{"type", "array"},
              {"items", {{"type", "string"}}},
              {"description", "Search these toolkits only, by their slugs."}}},
            {"session_id", {{"type", "string"}, {"description", "The session's id; not needed."}}}}},
          {"required", {"queries"}}};
}

Json search_tools_output() {
  const Json object = {{"type", "object"}};
  const Json objects = {{"type", "array"}, {"items", object}};
  return {{"type", "object"},
          {"properties",
           {{"success", {{"type", "boolean"}}},
            {"results", objects},
            {"tool_schemas", object},
            {"toolkit_connection_statuses", objects},
            {"next_steps_guidance", {{"type", "array"}, {"items", {{"type", "string"}}}}},
            {"session", object},
            {"time_info", object}}}};
}

Json search_tools(Engine& engine, const Session& session, const ObjectReader& arguments) {
  std::vector<UseCase> cases = use_cases_of(arguments);
  const std::vector<std::string> wanted = arguments.texts("toolkits");
  const SessionScope scope(session.config);
  const auto admits = [&](const ToolRef& ref) {
    return (wanted.empty() || contains_ignoring_case(wanted, ref.toolkit->slug)) &&
           scope.admits(*ref.toolkit, *ref.tool);
  };
  const std::vector<Toolkit> custom = custom_toolkits_of(session.config);
  Json results = Json::array();
  for (UseCase& use_case : cases) {
    fill(use_case, engine.tool_search().find(use_case.text, kMostMatches, admits));
    add_custom(use_case, custom, wanted);
    results.push_back(result_view(results.size() + 1, use_case));
  }
  Json statuses = connection_statuses(engine, session, cases);
  return {{"success", true},
          {"error", nullptr},
          {"results", std::move(results)},
          {"tool_schemas", schemas_of(cases)},
          {"next_steps_guidance", guidance(session, statuses)},
          {"toolkit_connection_statuses", std::move(statuses)},
          {"session", session_reference(session)},
          {"time_info", time_info(engine.env().clock.now())}};
}

Json tool_schemas_input() {
  return {{"type", "object"},
          {"properties",
           {{"tool_slugs",
             {{"type", "array"},
              {"items", {{"type", "string"}}},
              {"minItems", 1},
              {"maxItems", kMostSchemas},
              {"description", "For example [\"GMAIL_SEND_EMAIL\"]."}}},
            {"session_id", {{"type", "string"}, {"description", "The session's id; not needed."}}}}},
          {"required", {"tool_slugs"}}};
}

Json tool_schemas_output() {
  return {{"type", "object"},
          {"properties",
           {{"success", {{"type", "boolean"}}},
            {"tool_schemas", {{"type", "object"}}},
            {"not_found", {{"type", "array"}, {"items", {{"type", "string"}}}}}}}};
}

Json tool_schemas(Engine& engine, const Session& session, const ObjectReader& arguments) {
  const std::vector<std::string> slugs = arguments.texts("tool_slugs");
  if (slugs.empty()) arguments.fail("tool_slugs", "is missing or empty", "name at least one tool");
  if (slugs.size() > kMostSchemas) arguments.fail("tool_slugs", "has more than 50 entries");
  const SessionScope scope(session.config);
  const std::vector<Toolkit> custom = custom_toolkits_of(session.config);
  Json schemas = Json::object();
  Json not_found = Json::array();
  for (const std::string& slug : slugs) {
    ToolRef ref = engine.catalog().find_tool(slug);
    if (ref.tool != nullptr && !scope.admits(*ref.toolkit, *ref.tool)) ref = {};
    if (ref.tool == nullptr) ref = find_custom(custom, slug);
    if (ref.tool == nullptr) {
      not_found.push_back(slug);
      continue;
    }
    schemas[ref.tool->slug] = schema_of(ref);
    schemas[ref.tool->slug]["output_schema"] = ref.tool->output ? *ref.tool->output : Json::object();
  }
  return {{"success", not_found.empty()},
          {"tool_schemas", std::move(schemas)},
          {"not_found", std::move(not_found)}};
}

}  // namespace coffer::api::v3
