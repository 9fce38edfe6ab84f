#include "mockprovider/fault_plan.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "mockprovider/authorization_server.h"
#include "mockprovider/members.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr std::array<std::pair<std::string_view, Fault::Action>, 10> kActions = {{
    {"answer", Fault::Action::Answer},
    {"throttle", Fault::Action::Throttle},
    {"hang", Fault::Action::Hang},
    {"reset", Fault::Action::Reset},
    {"commit_then_reset", Fault::Action::CommitThenReset},
    {"cut_body", Fault::Action::CutBody},
    {"malformed_json", Fault::Action::MalformedJson},
    {"html", Fault::Action::Html},
    {"change", Fault::Action::Change},
    {"delay", Fault::Action::Delay},
}};

Fault::Action read_action(const Members& members) {
  const std::string name = members.text("action", "answer");
  for (const auto& [known, action] : kActions) {
    if (known == name) return action;
  }
  members.fail("action",
               "is none of answer, throttle, hang, reset, commit_then_reset, cut_body, malformed_json, html, "
               "change, delay");
}

std::string_view name_of(Fault::Action wanted) {
  for (const auto& [name, action] : kActions) {
    if (action == wanted) return name;
  }
  return "answer";
}

// A typing error would make a fault that never hits.
std::string read_endpoint(const Members& members) {
  std::string endpoint = members.text("endpoint");
  const bool is_known = endpoint.empty() || endpoint == "api" || is_endpoint_name(endpoint);
  if (is_known) return endpoint;
  if (endpoint.starts_with("api:") && endpoint.size() > 4) return endpoint;
  members.fail("endpoint", "is no endpoint of the mock provider, such as refresh or api:gmail");
}

Duration read_delay(const Members& members, std::string_view name, Duration fallback) {
  const Duration delay = members.duration(name).value_or(fallback);
  if (delay > kMaxFaultDelay) members.fail(name, "is longer than 60 seconds");
  return delay;
}

HttpHeaders read_headers(const Members& members) {
  HttpHeaders headers;
  const Json* object = members.find("headers");
  if (!object) return headers;
  if (!object->is_object()) members.fail("headers", "is not an object");
  const Members texts(*object, "headers");
  for (const auto& [name, value] : object->items()) {
    headers.push_back({name, texts.text(name)});
    if ((name + headers.back().value).find_first_of("\r\n") != std::string::npos) {
      members.fail("headers", "holds a line break");
    }
  }
  return headers;
}

// "30s" or 30 for seconds; an HTTP date is made of the same length when retry_after_as is "date".
void read_retry_after(const Members& members, Fault& fault) {
  fault.retry_after = members.duration("retry_after");
  const std::string form = members.text("retry_after_as", "seconds");
  if (form != "seconds" && form != "date") members.fail("retry_after_as", "is not seconds or date");
  fault.retry_after_is_date = form == "date";
  if (fault.action == Fault::Action::Throttle && !fault.retry_after)
    fault.retry_after = std::chrono::seconds(30);
}

std::string read_body(const Members& members) {
  const Json* body = members.find("body");
  if (!body) return R"({"error":"server_error"})";
  return body->is_string() ? body->get<std::string>() : dump_json(*body);
}

std::shared_ptr<const Json> read_fields(const Members& members, Fault::Action action) {
  const Json* fields = members.find("fields");
  if (!fields && action == Fault::Action::Change) members.fail("fields", "is missing");
  if (!fields) return nullptr;
  if (!fields->is_object()) members.fail("fields", "is not an object");
  return std::make_shared<const Json>(*fields);
}

}  // namespace

Fault parse_fault(const Json& json) {
  const Members members(json, "fault");
  members.allow_only({"endpoint", "provider", "client_id", "account", "nth", "count", "action", "status",
                      "headers", "body", "retry_after", "retry_after_as", "fields", "latency", "for"});
  Fault fault;
  fault.match = {read_endpoint(members), members.text("provider"), members.text("client_id"),
                 members.text("account")};
  fault.nth = members.number("nth", 1, 1, 1'000'000);
  fault.count = members.number("count", 1, 0, 1'000'000);
  fault.action = read_action(members);
  fault.status = members.number("status", 500, 200, 599);
  fault.headers = read_headers(members);
  fault.body = read_body(members);
  read_retry_after(members, fault);
  fault.fields = read_fields(members, fault.action);
  fault.latency = read_delay(members, "latency", Duration(0));
  fault.hang_for = read_delay(members, "for", fault.hang_for);
  return fault;
}

Json to_json(const Fault& fault) {
  Json json = {{"id", fault.id},     {"action", name_of(fault.action)},
               {"nth", fault.nth},   {"count", fault.count},
               {"seen", fault.seen}, {"hits", fault.hits}};
  if (fault.count > 0) json["left"] = fault.count - fault.hits;
  const std::pair<const char*, const std::string&> matchers[] = {{"endpoint", fault.match.endpoint},
                                                                 {"provider", fault.match.provider},
                                                                 {"client_id", fault.match.client_id},
                                                                 {"account", fault.match.account}};
  for (const auto& [name, value] : matchers) {
    if (!value.empty()) json[name] = value;
  }
  if (fault.action == Fault::Action::Answer) json["status"] = fault.status;
  if (fault.fields) json["fields"] = *fault.fields;
  if (fault.latency.count() > 0) json["latency_ms"] = fault.latency.count();
  return json;
}

}  // namespace coffer::mock
