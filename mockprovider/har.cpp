#include "mockprovider/har.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/json.h"

namespace coffer::mock {
namespace {

Json name_values(const Fields& fields) {
  Json list = Json::array();
  for (const auto& [name, value] : fields) list.push_back({{"name", name}, {"value", value}});
  return list;
}

std::string start_of(const std::string& url) {
  return url.substr(0, url.find('/', url.find("://") + 3));
}

// Journal entries hold paths decoded.
std::string encoded_path(const std::string& path) {
  std::string encoded;
  for (const auto& segment : split(path, '/')) encoded += "/" + percent_encode(segment);
  return encoded.empty() ? "/" : encoded;
}

std::string encoded_url(const std::string& url) {
  const std::size_t mark = std::min(url.find('?'), url.size());
  const auto query = parse_form(url.substr(std::min(mark + 1, url.size())));
  return mark == url.size() || !query ? url.substr(0, mark) : url.substr(0, mark) + "?" + build_form(*query);
}

Json post_data(const JournalEntry& entry) {
  const std::string type(find_field(entry.request_headers, "content-type").value_or(""));
  if (!to_lower(type).starts_with("application/json")) {
    return {{"mimeType", type},
            {"params", name_values(entry.parameters)},
            {"text", build_form(entry.parameters)}};
  }
  Json body = Json::object();
  for (const auto& [name, value] : entry.parameters) body[name] = value;
  return {{"mimeType", type}, {"params", Json::array()}, {"text", dump_json(body)}};
}

Json request_json(const JournalEntry& entry, const std::string& origin) {
  const bool has_body = entry.method == "POST" || entry.method == "PUT" || entry.method == "PATCH";
  const Fields query = has_body ? Fields() : entry.parameters;
  Json request = {{"method", entry.method},
                  {"url", origin + encoded_path(entry.path) + (query.empty() ? "" : "?" + build_form(query))},
                  {"httpVersion", "HTTP/1.1"},
                  {"cookies", Json::array()},
                  {"headers", name_values(entry.request_headers)},
                  {"queryString", name_values(query)},
                  {"headersSize", -1},
                  {"bodySize", -1}};
  if (has_body && !entry.parameters.empty()) request["postData"] = post_data(entry);
  return request;
}

Json response_json(const JournalEntry& entry) {
  const auto header = [&](const char* name) {
    return std::string(find_field(entry.answer_headers, name).value_or(""));
  };
  return {{"status", entry.status},
          {"statusText", ""},
          {"httpVersion", "HTTP/1.1"},
          {"cookies", Json::array()},
          {"headers", name_values(entry.answer_headers)},
          {"content",
           {{"size", entry.answer.size()}, {"mimeType", header("content-type")}, {"text", entry.answer}}},
          {"redirectURL", encoded_url(header("location"))},
          {"headersSize", -1},
          {"bodySize", -1}};
}

// Fields whose names begin with "_" are the format's way to say more.
void add_lineage(const JournalEntry& entry, Json& har) {
  const std::pair<const char*, const std::string&> texts[] = {
      {"_endpoint", entry.endpoint}, {"_family", entry.family},       {"_parent", entry.parent},
      {"_access", entry.access_id},  {"_refresh", entry.refresh_id},  {"_fault", entry.fault},
      {"_account", entry.account},   {"_client_id", entry.client_id}, {"_error", entry.error}};
  for (const auto& [name, value] : texts) {
    if (!value.empty()) har[name] = value;
  }
}

}  // namespace

Json to_har(const std::vector<JournalEntry>& entries, const std::string& url) {
  Json list = Json::array();
  for (const auto& entry : entries) {
    Json har = {{"startedDateTime", to_rfc3339(entry.at)},
                {"time", 0},
                {"request", request_json(entry, start_of(url))},
                {"response", response_json(entry)},
                {"cache", Json::object()},
                {"timings", {{"send", 0}, {"wait", 0}, {"receive", 0}}}};
    add_lineage(entry, har);
    list.push_back(std::move(har));
  }
  return {
      {"log",
       {{"version", "1.2"}, {"creator", {{"name", "coffer mock"}, {"version", "1"}}}, {"entries", list}}}};
}

}  // namespace coffer::mock
