#include "mockprovider/expectation.h"

#include <nlohmann/json.hpp>

#include "mockprovider/journal_filter.h"
#include "mockprovider/members.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr Duration kDefaultPatience = std::chrono::seconds(5);
constexpr Duration kMaxPatience = std::chrono::seconds(30);

// The members that choose, as the journal's query has them.
Fields choosing_members(const Json& json, const Members& body) {
  Fields query;
  for (const auto& [name, value] : json.items()) {
    if (name == "count" || name == "within" || name == "timeout") continue;
    if (!value.is_string() && !value.is_number_unsigned()) body.fail(name, "is not a text or a number");
    if (value.is_string()) query.emplace_back(name, value.get<std::string>());
    if (value.is_number_unsigned()) query.emplace_back(name, value.dump());
  }
  return query;
}

// When the time begins that `within` is counted from: at the first entry that may count.
Timestamp begin_of(const Journal::Filter& filter, const Journal& journal, Timestamp now) {
  if (filter.from) return *filter.from;
  Journal::Filter first;
  first.after = filter.after;
  first.limit = 1;
  const auto found = journal.find(first);
  return found.empty() ? now : found.front().at;
}

std::string_view name_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::Met:
      return "met";
    case Verdict::Kind::Broken:
      return "broken";
    case Verdict::Kind::Undecided:
      break;
  }
  return "undecided";
}

}  // namespace

Expectation parse_expectation(const Json& json, const Tenant& tenant) {
  const Members body(json, "expect");
  body.allow_only({"endpoint", "provider", "toolkit", "tool", "account", "client_id", "client", "family",
                   "error", "fault", "status", "q", "since", "after", "count", "within", "timeout"});
  Expectation expectation;
  expectation.filter = parse_journal_filter(choosing_members(json, body), tenant);
  expectation.filter.limit = 5'000;
  const bool has_start = body.find("since") || body.find("after");
  if (!has_start) expectation.filter.after = tenant.journal.last_number();
  expectation.count = static_cast<std::size_t>(body.number("count", 1, 0, 5'000));
  if (const auto within = body.duration("within"))
    expectation.end = begin_of(expectation.filter, tenant.journal, tenant.clock.now()) + *within;
  expectation.patience = body.duration("timeout").value_or(kDefaultPatience);
  if (expectation.patience > kMaxPatience) body.fail("timeout", "is longer than 30 seconds");
  return expectation;
}

Verdict judge(const Expectation& expectation, const Journal& journal, Timestamp now) {
  Verdict verdict;
  verdict.entries = journal.find(expectation.filter);
  std::erase_if(verdict.entries,
                [&](const JournalEntry& entry) { return expectation.end && entry.at > *expectation.end; });
  const std::size_t count = verdict.entries.size();
  const bool is_over = !expectation.end || now >= *expectation.end;
  const bool is_too_few = is_over && expectation.end && count < expectation.count;
  if (count > expectation.count || is_too_few) {
    verdict.kind = Verdict::Kind::Broken;
  } else if (is_over && count == expectation.count) {
    verdict.kind = Verdict::Kind::Met;
  }
  return verdict;
}

Json to_json(const Expectation& expectation, const Verdict& verdict) {
  Json entries = Json::array();
  for (const auto& entry : verdict.entries) entries.push_back(to_json(entry));
  Json json = {{"verdict", name_of(verdict.kind)},
               {"met", verdict.kind == Verdict::Kind::Met},
               {"expected", expectation.count},
               {"count", verdict.entries.size()},
               {"entries", std::move(entries)}};
  if (expectation.end) json["until"] = to_rfc3339(*expectation.end);
  return json;
}

}  // namespace coffer::mock
