#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// "Exactly `count` requests that fit, within a time of the mock's clock": what POST /_mock/expect
// asks of the journal.
struct Expectation {
  Journal::Filter filter;
  std::size_t count = 1;
  std::optional<Timestamp> end;  // absent: it holds as soon as `count` have come
  Duration patience{0};          // real time that the answer may be waited for
};

// Without "since" only what comes after the call counts, else what came after that. Throws
// InvalidArgument and NotFound as parse_journal_filter() does.
Expectation parse_expectation(const nlohmann::json& body, const Tenant& tenant);

struct Verdict {
  enum class Kind { Met, Broken, Undecided };
  Kind kind = Kind::Undecided;
  std::vector<JournalEntry> entries;  // those that fit
};

// Too many break it at once, too few when the time is over.
Verdict judge(const Expectation& expectation, const Journal& journal, Timestamp now);

nlohmann::json to_json(const Expectation& expectation, const Verdict& verdict);

}  // namespace coffer::mock
