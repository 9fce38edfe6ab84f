#include "mockprovider/fault_plan.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/digest.h"
#include "mockprovider/facet.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxFaults = 1'000;

bool matches(const RequestFacets& wanted, const RequestFacets& request) {
  return fits_endpoint(wanted.endpoint, request.endpoint) && fits(wanted.provider, request.provider) &&
         fits(wanted.client_id, request.client_id) &&
         (wanted.account.empty() || equals_ignoring_case(wanted.account, request.account));
}

bool is_spent(const Fault& fault) {
  return fault.count > 0 && fault.hits >= fault.count;
}

bool is_in_window(const Fault& fault, Timestamp now) {
  return (!fault.from || now >= *fault.from) && (!fault.until || now < *fault.until);
}

// The same seed chooses the same requests.
bool is_drawn(const Fault& fault) {
  if (fault.probability >= 1) return true;
  const std::string digest = sha256("fault|" + std::to_string(fault.seed) + "|" + std::to_string(fault.seen));
  std::uint32_t draw = 0;
  for (const char byte : digest.substr(0, 4)) draw = draw << 8 | static_cast<unsigned char>(byte);
  return draw < fault.probability * 0x1p32;
}

// Wherever the member stands; true if it stood anywhere.
bool set_member(Json& node, const std::string& member, const Json& value) {
  bool was_there = false;
  if (node.is_object() && node.contains(member)) {
    was_there = true;
    if (value.is_null()) {
      node.erase(member);
    } else {
      node[member] = value;
    }
  }
  for (auto& child : node) {
    if (child.is_structured() && set_member(child, member, value)) was_there = true;
  }
  return was_there;
}

bool has_member(const Json& node, const std::string& member) {
  if (node.is_object() && node.contains(member)) return true;
  return node.is_structured() &&
         std::any_of(node.begin(), node.end(), [&](const Json& child) { return has_member(child, member); });
}

bool is_form(const ServerResponse& response) {
  return header_value(response.headers, "Content-Type").starts_with("application/x-www-form-urlencoded");
}

// The members of a JSON object or a form; nullopt: it is neither.
std::optional<Json> read_members(const ServerResponse& response) {
  Json members = Json::object();
  if (is_form(response)) {
    for (const auto& [name, value] : parse_form(response.body).value_or(Fields())) members[name] = value;
  } else {
    members = Json::parse(response.body, nullptr, false);
  }
  return members.is_object() ? std::optional(std::move(members)) : std::nullopt;
}

void write_members(const Json& members, ServerResponse& response) {
  if (!is_form(response)) {
    response.body = dump_json(members);
    return;
  }
  Fields form;
  for (const auto& [name, value] : members.items())
    form.emplace_back(name, value.is_string() ? value.get<std::string>() : dump_json(value));
  response.body = build_form(form);
}

bool set_member(const Fault& fault, const MemberNames& names, Json& answer) {
  const auto own_names = names(fault.member);
  bool was_there = false;
  for (const auto& name : own_names) was_there |= set_member(answer, name, *fault.value);
  if (was_there || fault.value->is_null()) return was_there;
  const auto tokens = names("access_token");
  const bool has_token = std::any_of(tokens.begin(), tokens.end(),
                                     [&](const std::string& name) { return has_member(answer, name); });
  if (has_token) answer[own_names.front()] = *fault.value;
  return has_token;
}

bool change_members(const Fault& fault, const MemberNames& names, ServerResponse& response) {
  auto answer = read_members(response);
  if (!answer) return false;
  if (fault.action == Fault::Action::Change) {
    answer->merge_patch(*fault.fields);
  } else if (!set_member(fault, names, *answer)) {
    return false;
  }
  write_members(*answer, response);
  return true;
}

void set_header(ServerResponse& response, const std::string& name, const std::string& value) {
  std::erase_if(response.headers, [&](const HttpHeader& h) { return equals_ignoring_case(h.name, name); });
  response.headers.push_back({name, value});
}

void add_headers(const Fault& fault, Timestamp now, ServerResponse& response) {
  for (const auto& header : fault.headers) set_header(response, header.name, header.value);
  if (!fault.retry_after) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*fault.retry_after).count();
  set_header(response, "Retry-After",
             fault.retry_after_is_date ? to_http_date(now + *fault.retry_after) : std::to_string(seconds));
}

Sabotage sabotage_of(Fault::Action action) {
  if (action == Fault::Action::CommitThenReset) return Sabotage::ResetBeforeAnswer;
  if (action == Fault::Action::ResetAfterHead) return Sabotage::ResetAfterHead;
  if (action == Fault::Action::ResetInBody) return Sabotage::ResetInBody;
  if (action == Fault::Action::CutBody) return Sabotage::CutBody;
  return Sabotage::None;
}

}  // namespace

bool Fault::runs_handler() const {
  switch (action) {
    case Action::Answer:
    case Action::Throttle:
    case Action::Hang:
    case Action::Reset:
    case Action::Html:
    case Action::Redirect:
      return false;
    case Action::CommitThenReset:
    case Action::CutBody:
    case Action::MalformedJson:
    case Action::Change:
    case Action::Delay:
    case Action::ResetAfterHead:
    case Action::ResetInBody:
    case Action::SetMember:
    case Action::GzipGarbage:
      return true;
  }
  return true;
}

ServerResponse answer_of(const Fault& fault, Timestamp now) {
  ServerResponse response;
  if (fault.action == Fault::Action::Html) {
    response =
        ServerResponse::html(200, "<!doctype html><title>Checking your browser</title><h1>One moment</h1>\n");
  } else if (fault.action == Fault::Action::Answer) {
    response = ServerResponse::json(fault.status, fault.body);
  } else if (fault.action == Fault::Action::Throttle) {
    response = ServerResponse::json(429, R"({"error":"too_many_requests"})");
  } else if (fault.action == Fault::Action::Redirect) {
    response = ServerResponse::redirect(fault.status, fault.location);
  } else {
    response.sabotage = Sabotage::ResetBeforeAnswer;
  }
  add_headers(fault, now, response);
  return response;
}

bool spoil(const Fault& fault, Timestamp now, const MemberNames& names, ServerResponse& response) {
  const bool changes = (fault.action == Fault::Action::Change && fault.fields) ||
                       (fault.action == Fault::Action::SetMember && fault.value);
  if (changes && !change_members(fault, names, response)) return false;
  add_headers(fault, now, response);
  response.sabotage = sabotage_of(fault.action);
  if (fault.action == Fault::Action::MalformedJson) response.body.resize(response.body.size() / 2);
  if (fault.action == Fault::Action::GzipGarbage) {
    set_header(response, "Content-Encoding", "gzip");
    response.body = "\x1f\x8b\x08 this is no compressed data";
  }
  return true;
}

std::string FaultPlan::add(Fault fault) {
  if (faults_.size() >= kMaxFaults) throw Error(ErrorCode::TooLarge, "more than 1000 faults are planned");
  fault.id = "fault_" + std::to_string(++counter_);
  faults_.push_back(std::move(fault));
  return faults_.back().id;
}

std::optional<Fault> FaultPlan::take(const RequestFacets& request, Timestamp now) {
  Fault* hit = nullptr;
  for (auto& fault : faults_) {
    if (is_spent(fault) || !is_in_window(fault, now) || !matches(fault.match, request)) continue;
    ++fault.seen;
    if (hit == nullptr && fault.seen >= fault.nth && is_drawn(fault)) hit = &fault;
  }
  if (hit == nullptr) return std::nullopt;
  ++hit->hits;
  return *hit;
}

void FaultPlan::give_back(std::string_view id) {
  const auto found =
      std::find_if(faults_.begin(), faults_.end(), [&](const Fault& fault) { return fault.id == id; });
  if (found != faults_.end()) --found->hits;
}

bool FaultPlan::remove(std::string_view id) {
  return std::erase_if(faults_, [&](const Fault& fault) { return fault.id == id; }) > 0;
}

}  // namespace coffer::mock
