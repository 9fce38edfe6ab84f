#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/encoding.h"
#include "vault/net/router.h"

namespace coffer::mock {

class CredentialMarks;
struct Tenant;

// One request and its answer, told without any secret: tokens and codes by id, parameters by an
// allow-list, bodies with the credentials cut out.
struct JournalEntry {
  std::uint64_t number = 0;  // from 1, never reused until reset
  Timestamp at;              // the mock's clock
  std::string method;
  std::string path;
  std::string endpoint;  // authorize, token, refresh, revoke, ..., api:<toolkit>, unknown
  std::string provider;
  std::string toolkit;
  std::string tool;
  std::string account;
  std::string client_id;
  Fields parameters;
  int status = 0;
  std::string error;      // OAuth error name, or why a toolkit refused
  std::string family;     // of the tokens below
  std::string parent;     // id of the code or token that was presented
  std::string access_id;  // ids of the tokens that were given
  std::string refresh_id;
  std::string fault;   // id of the fault that it met
  std::string answer;  // body, cut to 2 KiB
  Fields request_headers;
  Fields answer_headers;
};

// While a request is served: the entry, and what must not stand in it.
struct Exchange {
  JournalEntry entry;
  // Value and the name that stands in its place.
  Fields secrets;
  Duration delay{0};  // real time that the answer is held back
  // Where the answer comes later: what makes it then, after so long by the tenant's clock, and after
  // `work`, which wants nothing of the tenant and is done while others have it.
  std::function<ServerResponse(Tenant&, Exchange&)> answer_later;
  Duration later{0};
  std::function<void()> work;

  void hide(std::string value, std::string name);
};

// Keeps only the values of parameters that are known to be harmless.
Fields redact_parameters(const Fields& parameters);

// What was asked and answered. Holds the newest 5000. One thread at a time.
class Journal {
 public:
  // What `marks` knows is cut out, too, wherever it stands.
  void add(Exchange exchange, std::string_view answer_body, const CredentialMarks& marks);
  void clear() { entries_.clear(); }

  static constexpr std::size_t kMaxEntries = 5'000;

  struct Filter {
    std::string endpoint, provider, toolkit, tool, account, client_id, family, error, fault;  // empty: any
    int status = -1;                                                                          // -1: any
    std::string text;         // anywhere in the entry, in any case
    std::uint64_t after = 0;  // newer than this number
    std::optional<Timestamp> from;
    std::size_t limit = kMaxEntries;
    bool newest_first = false;
  };
  std::vector<JournalEntry> find(const Filter& filter) const;  // oldest first, unless it says else
  std::uint64_t last_number() const { return counter_; }

 private:
  friend class SnapshotFields;
  std::deque<JournalEntry> entries_;
  std::uint64_t counter_ = 0;
};

nlohmann::json to_json(const JournalEntry& entry);

}  // namespace coffer::mock
