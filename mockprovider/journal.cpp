#include "mockprovider/journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mockprovider/facet.h"
#include "mockprovider/redaction.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

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
                                                      "mock_script",
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

// Of a body that ends too early.
void replace_cut_end(std::string& text, std::string_view what, std::string_view by) {
  constexpr std::size_t kLeast = 8;
  for (std::size_t length = std::min(what.size(), text.size()); length >= kLeast; --length) {
    if (!text.ends_with(what.substr(0, length))) continue;
    text.replace(text.size() - length, length, by);
    return;
  }
}

void cut_out(const CredentialMarks& marks, JournalEntry& entry) {
  for (std::string* text : {&entry.path, &entry.client_id, &entry.error, &entry.answer})
    *text = marks.without_credentials(*text);
  for (Fields* fields : {&entry.parameters, &entry.request_headers, &entry.answer_headers}) {
    for (auto& [name, value] : *fields) {
      name = marks.without_credentials(name);
      value = marks.without_credentials(value);
    }
  }
}

bool holds(const JournalEntry& entry, const std::string& text) {
  if (text.empty()) return true;
  return to_lower(dump_json(to_json(entry))).find(to_lower(text)) != std::string::npos;
}

bool is_meant(const Journal::Filter& filter, const JournalEntry& entry) {
  return entry.number > filter.after && (!filter.from || entry.at >= *filter.from) &&
         (filter.status < 0 || filter.status == entry.status) &&
         fits_endpoint(filter.endpoint, entry.endpoint) && fits(filter.provider, entry.provider) &&
         fits(filter.toolkit, entry.toolkit) && fits(filter.tool, entry.tool) &&
         (filter.account.empty() || equals_ignoring_case(filter.account, entry.account)) &&
         fits(filter.client_id, entry.client_id) && fits(filter.family, entry.family) &&
         fits(filter.error, entry.error) && fits(filter.fault, entry.fault) && holds(entry, filter.text);
}

template <class Iterator>
std::vector<JournalEntry> take_fitting(Iterator begin, Iterator end, const Journal::Filter& filter) {
  std::vector<JournalEntry> found;
  for (; begin != end && found.size() < filter.limit; ++begin) {
    if (is_meant(filter, *begin)) found.push_back(*begin);
  }
  return found;
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

void Journal::add(Exchange exchange, std::string_view answer_body, const CredentialMarks& marks) {
  JournalEntry& entry = exchange.entry;
  entry.number = ++counter_;
  // Secrets first, then the cut: half a token would not be found.
  entry.answer = answer_body.substr(0, 16 * kMaxAnswer);
  for (const auto& [value, name] : exchange.secrets) {
    replace_all(entry.answer, value, name);
    replace_all(entry.path, value, name);
  }
  for (const auto& [value, name] : exchange.secrets) replace_cut_end(entry.answer, value, name);
  cut_out(marks, entry);
  if (entry.answer.size() > kMaxAnswer) entry.answer.resize(kMaxAnswer);
  if (entries_.size() == kMaxEntries) entries_.pop_front();
  entries_.push_back(std::move(entry));
}

std::vector<JournalEntry> Journal::find(const Filter& filter) const {
  return filter.newest_first ? take_fitting(entries_.rbegin(), entries_.rend(), filter)
                             : take_fitting(entries_.begin(), entries_.end(), filter);
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
  const std::pair<const char*, const Fields&> lists[] = {{"parameters", entry.parameters},
                                                         {"request_headers", entry.request_headers},
                                                         {"answer_headers", entry.answer_headers}};
  for (const auto& [name, fields] : lists) {
    for (const auto& [key, value] : fields) json[name][key] = value;
  }
  return json;
}

}  // namespace coffer::mock
