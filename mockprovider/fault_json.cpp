#include "mockprovider/fault_plan.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "mockprovider/authorization_server.h"
#include "mockprovider/members.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/net/http_syntax.h"

namespace coffer::mock {
namespace {

struct NamedAction {
  std::string_view name;
  Fault::Action action;
  std::string_view member = {};  // of SetMember
  std::string_view value = {};   // JSON
};

constexpr NamedAction kActions[] = {
    {"answer", Fault::Action::Answer},
    {"throttle", Fault::Action::Throttle},
    {"hang", Fault::Action::Hang},
    {"reset", Fault::Action::Reset},
    {"reset_after_head", Fault::Action::ResetAfterHead},
    {"reset_in_body", Fault::Action::ResetInBody},
    {"commit_then_reset", Fault::Action::CommitThenReset},
    {"commit_then_lose_answer", Fault::Action::CommitThenReset},
    {"cut_body", Fault::Action::CutBody},
    {"malformed_json", Fault::Action::MalformedJson},
    {"truncated_json", Fault::Action::MalformedJson},
    {"html", Fault::Action::Html},
    {"redirect", Fault::Action::Redirect},
    {"wrong_content_type", Fault::Action::Delay},
    {"gzip_garbage", Fault::Action::GzipGarbage},
    {"change", Fault::Action::Change},
    {"no_access_token", Fault::Action::SetMember, "access_token", "null"},
    {"no_refresh_token", Fault::Action::SetMember, "refresh_token", "null"},
    {"odd_expires_in", Fault::Action::SetMember, "expires_in", "\"soon\""},
    {"delay", Fault::Action::Delay},
};

void read_action(const Members& members, Fault& fault) {
  fault.action_name = members.text("action", "answer");
  for (const auto& [name, action, member, value] : kActions) {
    if (name != fault.action_name) continue;
    fault.action = action;
    fault.member = member;
    if (member.empty()) return;
    const Json* wanted = members.find("value");
    fault.value = std::make_shared<const Json>(wanted ? *wanted : parse_json(value));
    return;
  }
  members.fail("action", "is none of " + join(fault_actions(), ", "));
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

// By the tenant's clock any latency will do: a request waits at most 60 real seconds for it.
void read_latency(const Members& members, Fault& fault) {
  const std::string by = members.text("latency_by", "real");
  if (by != "real" && by != "clock") members.fail("latency_by", "is not real or clock");
  fault.latency_is_virtual = by == "clock";
  fault.latency = fault.latency_is_virtual ? members.duration("latency").value_or(Duration(0))
                                           : read_delay(members, "latency", Duration(0));
}

// A moment, or how long from now.
std::optional<Timestamp> read_moment(const Members& members, std::string_view name, Timestamp now) {
  if (!members.find(name)) return std::nullopt;
  if (members.find(name)->is_string()) {
    if (const auto moment = parse_rfc3339(members.text(name))) return moment;
  }
  return now + *members.duration(name);
}

void read_probability(const Members& members, Fault& fault) {
  fault.seed = static_cast<std::uint64_t>(members.number("seed", 1, 0, std::numeric_limits<int>::max()));
  const Json* probability = members.find("probability");
  if (!probability) return;
  if (!probability->is_number() || *probability < 0 || *probability > 1)
    members.fail("probability", "is not a number from 0 to 1");
  fault.probability = probability->get<double>();
}

HttpHeaders read_headers(const Members& members) {
  HttpHeaders headers;
  const Json* object = members.find("headers");
  if (!object) return headers;
  if (!object->is_object()) members.fail("headers", "is not an object");
  const Members texts(*object, "headers");
  for (const auto& [name, value] : object->items()) {
    headers.push_back({name, texts.text(name)});
    if (!is_token(name)) members.fail("headers", "holds a name that no HTTP header can have");
    if (!is_field_value(headers.back().value))
      members.fail("headers", "holds a value with control characters");
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

// What only some actions have.
void read_answer(const Members& members, Fault& fault) {
  const bool is_redirect = fault.action == Fault::Action::Redirect;
  fault.status =
      is_redirect ? members.number("status", 302, 300, 399) : members.number("status", 500, 200, 599);
  fault.location = members.text("location", "/");
  fault.headers = read_headers(members);
  if (fault.action_name == "wrong_content_type") {
    const std::string type = members.text("content_type", "text/plain; charset=utf-8");
    if (!is_field_value(type)) members.fail("content_type", "holds control characters");
    fault.headers.push_back({"Content-Type", type});
  }
  if (!is_field_value(fault.location)) members.fail("location", "holds control characters");
  fault.body = read_body(members);
  read_retry_after(members, fault);
  fault.fields = read_fields(members, fault.action);
}

}  // namespace

std::vector<std::string> fault_actions() {
  std::vector<std::string> names;
  for (const auto& known : kActions) names.emplace_back(known.name);
  return names;
}

Fault parse_fault(const Json& json, Timestamp now) {
  const Members members(json, "fault");
  members.allow_only({"endpoint", "provider", "client_id", "account",    "nth",         "count",
                      "action",   "status",   "headers",   "body",       "retry_after", "retry_after_as",
                      "fields",   "latency",  "for",       "from",       "until",       "probability",
                      "seed",     "value",    "location",  "latency_by", "content_type"});
  Fault fault;
  fault.match = {read_endpoint(members), members.text("provider"), members.text("client_id"),
                 members.text("account")};
  fault.nth = members.number("nth", 1, 1, 1'000'000);
  fault.count = members.number("count", 1, 0, 1'000'000);
  fault.from = read_moment(members, "from", now);
  fault.until = read_moment(members, "until", now);
  read_probability(members, fault);
  read_action(members, fault);
  read_answer(members, fault);
  read_latency(members, fault);
  fault.hang_for = read_delay(members, "for", fault.hang_for);
  return fault;
}

Json to_json(const Fault& fault) {
  Json json = {{"id", fault.id},       {"action", fault.action_name}, {"nth", fault.nth},
               {"count", fault.count}, {"seen", fault.seen},          {"hits", fault.hits}};
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
  if (fault.value) json["value"] = *fault.value;
  if (fault.action == Fault::Action::Redirect) json["location"] = fault.location;
  if (fault.from) json["from"] = to_rfc3339(*fault.from);
  if (fault.until) json["until"] = to_rfc3339(*fault.until);
  if (fault.probability < 1) json.update({{"probability", fault.probability}, {"seed", fault.seed}});
  if (fault.latency.count() > 0) json["latency_ms"] = fault.latency.count();
  if (fault.latency_is_virtual) json["latency_by"] = "clock";
  return json;
}

}  // namespace coffer::mock
