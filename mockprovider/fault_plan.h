#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/net/router.h"

namespace coffer::mock {

// Longest real time that a fault may hold a request, by whichever clock.
inline constexpr Duration kMaxFaultDelay = std::chrono::seconds(60);

// By what a fault chooses its requests.
struct RequestFacets {
  std::string endpoint;  // authorize, token, refresh, revoke, introspect, userinfo, discovery, api:<toolkit>
  std::string provider;
  std::string client_id;
  std::string account;
};

struct Fault {
  enum class Action {
    Answer,           // `status`, `headers` and `body` instead of the handler's answer
    Throttle,         // 429 with Retry-After, in the toolkit's own shape if it is a toolkit's request
    Hang,             // no answer for `hang_for`, then the connection is reset
    Reset,            // the connection is reset and nothing was done
    CommitThenReset,  // all is done, tokens are rotated, and the answer is lost
    CutBody,          // all is done; the connection ends in the middle of the body
    MalformedJson,    // all is done; the body is well framed and not JSON
    Html,             // status 200 and a page, as a proxy in between would send
    Change,           // all is done; `fields` are merged into the JSON answer, null removes
    Delay,            // `latency` alone
    ResetAfterHead,   // all is done; the connection is reset when the head has left
    ResetInBody,      // the same in the middle of the body
    Redirect,         // sends the request elsewhere, nothing is done
    SetMember,        // all is done; the JSON answer's `member` becomes `value` at any depth, null removes
    GzipGarbage,      // all is done; the answer says that it is compressed and is not
  };

  std::string id;  // fault_
  // Empty: any. The endpoint "api" means every toolkit's.
  RequestFacets match;
  int nth = 1;                           // the first request that it hits, among those that match
  int count = 1;                         // how many it hits from there on; 0: until it is removed
  std::optional<Timestamp> from, until;  // when it may hit
  double probability = 1;                // of each request that it could hit; follows from `seed`
  std::uint64_t seed = 1;
  Action action = Action::Answer;
  std::string action_name = "answer";
  int status = 500;
  HttpHeaders headers;
  std::string body;
  std::optional<Duration> retry_after;
  bool retry_after_is_date = false;
  std::shared_ptr<const nlohmann::json> fields;
  std::string member;
  std::shared_ptr<const nlohmann::json> value;
  std::string location;
  Duration latency{0};              // before anything happens
  bool latency_is_virtual = false;  // by the tenant's clock, else real time
  Duration hang_for = std::chrono::seconds(30);
  int seen = 0;  // requests that matched so far
  int hits = 0;

  bool runs_handler() const;
};

// Every "action" that parse_fault() takes.
std::vector<std::string> fault_actions();

// `now`: what a window of time given as durations starts from. Throws InvalidArgument that names
// the member.
Fault parse_fault(const nlohmann::json& json, Timestamp now);
nlohmann::json to_json(const Fault& fault);

// The answer of a fault that does not run the handler.
ServerResponse answer_of(const Fault& fault, Timestamp now);
// What a member of RFC 6749 is called by who answers, that one's own name first.
using MemberNames = std::function<std::vector<std::string>(const std::string& member)>;
// What it does to the handler's answer. False: it is about members, and the answer is none that has them.
bool spoil(const Fault& fault, Timestamp now, const MemberNames& names, ServerResponse& response);

// Which request meets which fault. One thread at a time.
class FaultPlan {
 public:
  std::string add(Fault fault);
  // The oldest fault that hits this request. Every fault that matches counts it.
  std::optional<Fault> take(const RequestFacets& request, Timestamp now);
  // It has not hit after all.
  void give_back(std::string_view id);
  bool remove(std::string_view id);
  void clear() { faults_.clear(); }
  const std::vector<Fault>& all() const { return faults_; }

 private:
  friend class SnapshotFields;
  std::vector<Fault> faults_;
  int counter_ = 0;
};

}  // namespace coffer::mock
