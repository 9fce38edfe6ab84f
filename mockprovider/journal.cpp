#include "mockprovider/journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxEntries = 5'000;
constexpr std::size_t kMaxAnswer = 2 << 10;
constexpr std::size_t kMaxParameters = 40;

const std::set<std::string, std::less<>> kHarmless = {"response_type",
                                                      "client_id",
                                                      "redirect_uri",
                                                      "scope",
                                                      "code_challenge_method",
                                                      "grant_type",
                                                      "access_type",
                                                      "prompt",
                                                      "login_hint",
                                                      "token_type_hint",
                                                      "decision",
                                                      "audience",
                                                      "resource",
                                                      "user_scope",
                                                      "response_mode",
                                                      "requested_token_type",
                                                      "subject_token_type"};

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

bool fits(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

bool fits(const Journal::Filter& filter, const JournalEntry& entry) {
  return entry.number > filter.after && fits(filter.endpoint, entry.endpoint) &&
         fits(filter.provider, entry.provider) && fits(filter.toolkit, entry.toolkit) &&
         fits(filter.account, entry.account) && fits(filter.client_id, entry.client_id) &&
         fits(filter.family, entry.family);
}

}  // namespace

void Exchange::hide(std::string value, std::string name) {
  if (!value.empty()) secrets.emplace_back(std::move(value), "[" + std::move(name) + "]");
}

Fields redact_parameters(const Fields& parameters) {
  Fields redacted;
  for (const auto& [name, value] : parameters) {
    if (redacted.size() == kMaxParameters) break;
    redacted.emplace_back(name, kHarmless.contains(name) ? value : "[redacted]");
  }
  return redacted;
}

void Journal::add(Exchange exchange, std::string_view answer_body) {
  JournalEntry& entry = exchange.entry;
  entry.number = ++counter_;
  // Secrets first, then the cut: half a token would not be found.
  entry.answer = answer_body.substr(0, 16 * kMaxAnswer);
  for (const auto& [value, name] : exchange.secrets) {
    replace_all(entry.answer, value, name);
    replace_all(entry.path, value, name);
  }
  if (entry.answer.size() > kMaxAnswer) entry.answer.resize(kMaxAnswer);
  if (entries_.size() == kMaxEntries) entries_.pop_front();
  entries_.push_back(std::move(entry));
}

std::vector<JournalEntry> Journal::find(const Filter& filter) const {
  std::vector<JournalEntry> found;
  for (const auto& entry : entries_) {
    if (found.size() == filter.limit) break;
    if (fits(filter, entry)) found.push_back(entry);
  }
  return found;
}

nlohmann::json to_json(const JournalEntry& entry) {
  Json json = {{"number", entry.number}, {"at", to_rfc3339(entry.at)}, {"method", entry.method},
               {"path", entry.path},     {"endpoint", entry.endpoint}, {"status", entry.status}};
  const std::pair<const char*, const std::string&> optional[] = {{"provider", entry.provider},
                                                                 {"toolkit", entry.toolkit},
                                                                 {"tool", entry.tool},
                                                                 {"account", entry.account},
                                                                 {"client_id", entry.client_id},
                                                                 {"error", entry.error},
                                                                 {"family", entry.family},
                                                                 {"parent", entry.parent},
                                                                 {"access_token_id", entry.access_id},
                                                                 {"refresh_token_id", entry.refresh_id},
                                                                 {"fault", entry.fault},
                                                                 {"answer", entry.answer}};
  for (const auto& [name, value] : optional) {
    if (!value.empty()) json[name] = value;
  }
  Json parameters = Json::object();
  for (const auto& [name, value] : entry.parameters) parameters[name] = value;
  if (!parameters.empty()) json["parameters"] = std::move(parameters);
  return json;
}

}  // namespace coffer::mock
