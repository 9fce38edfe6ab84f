#include "vault/api/v3/multi_execute.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "vault/api/v3/meta_tools.h"
#include "vault/api/v3/session_execute.h"
#include "vault/base/error.h"
#include "vault/base/job_pool.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostCalls = 50;
constexpr JobPool::Limits kParallel = {.threads = 8, .per_key = 8};

Json failed_response(const std::string& error) {
  return {{"successful", false}, {"data", Json::object()}, {"error", error}};
}

SessionCall read_call(Json entry) {
  if (!entry.is_object()) throw Error(ErrorCode::InvalidArgument, "the entry is not an object");
  const ObjectReader reader(entry, "");
  SessionCall call;
  call.tool = reader.required_text("tool_slug");
  if (find_meta_tool(call.tool) != nullptr)
    reader.fail("tool_slug", "names a meta tool: " + in_quotes(call.tool), "call it by itself");
  call.account = reader.text("account");
  if (reader.object("arguments")) call.arguments = reader.value("arguments");
  return call;
}

std::string told(const Error& error) {
  return error.hint().empty() ? error.what() : std::string(error.what()) + ": " + error.hint();
}

// Whatever happens to one call stays in its own result.
Json run_one(Engine& engine, const Session& session, const Json& entry) {
  try {
    SessionResult result = execute_catalog_tool(engine, session, read_call(entry));
    Json response = {{"successful", result.error.empty()}, {"data", std::move(result.data)}};
    if (!result.error.empty()) response["error"] = result.error;
    return response;
  } catch (const Error& error) {
    return failed_response(told(error));
  } catch (const std::exception&) {  // its text may quote a credential
    return failed_response("the call failed inside the daemon");
  }
}

std::string slug_of(const Json& entry) {
  return entry.is_object() && entry.contains("tool_slug") && entry["tool_slug"].is_string()
             ? entry["tool_slug"].get<std::string>()
             : std::string();
}

Json to_result(std::size_t index, const Json& entry, Json response) {
  Json result = {{"index", index}, {"tool_slug", slug_of(entry)}};
  if (response.contains("error")) result["error"] = response["error"];
  result["response"] = std::move(response);
  return result;
}

const Json& calls_of(const ObjectReader& arguments) {
  const Json& calls = arguments.value("tools");
  if (!calls.is_array() || calls.empty()) {
    arguments.fail("tools", "is missing or empty", R"(write [{"tool_slug": "...", "arguments": {}}])");
  }
  if (calls.size() > kMostCalls) arguments.fail("tools", "has more than 50 entries");
  return calls;
}

}  // namespace

Json multi_execute_input() {
  const Json call = {
      {"type", "object"},
      {"properties",
       {{"tool_slug",
         {{"type", "string"}, {"description", "The tool's slug, for example GMAIL_SEND_EMAIL."}}},
        {"arguments", {{"type", "object"}, {"description", "What its schema asks for."}}},
        {"account",
         {{"type", "string"},
          {"description", "Id or alias of one of the user's accounts, where there are several."}}}}},
      {"required", {"tool_slug"}}};
  return {{"type", "object"},
          {"properties",
           {{"tools", {{"type", "array"}, {"items", call}, {"minItems", 1}, {"maxItems", kMostCalls}}},
            {"session_id", {{"type", "string"}, {"description", "The session's id; not needed."}}}}},
          {"required", {"tools"}}};
}

Json multi_execute_output() {
  const Json count = {{"type", "integer"}};
  return {{"type", "object"},
          {"properties",
           {{"results", {{"type", "array"}, {"items", {{"type", "object"}}}}},
            {"total_count", count},
            {"success_count", count},
            {"error_count", count}}}};
}

Json multi_execute(Engine& engine, const Session& session, const ObjectReader& arguments) {
  const Json& calls = calls_of(arguments);
  std::vector<Json> responses(calls.size());
  JobPool pool(kParallel);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    pool.submit("", [&, i] { responses[i] = run_one(engine, session, calls[i]); });
  }
  pool.wait_idle();
  Json results = Json::array();
  std::size_t successes = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (responses[i].at("successful").get<bool>()) ++successes;
    results.push_back(to_result(i, calls[i], std::move(responses[i])));
  }
  return {{"results", std::move(results)},
          {"total_count", calls.size()},
          {"success_count", successes},
          {"error_count", calls.size() - successes}};
}

}  // namespace coffer::api::v3
