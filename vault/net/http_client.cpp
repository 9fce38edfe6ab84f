#include "vault/net/http_client.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "vault/base/encoding.h"
#include "vault/net/address_rules.h"
#include "vault/net/curl_library.h"
#include "vault/net/curl_transfer.h"
#include "vault/net/http_syntax.h"

namespace coffer {
namespace {

struct CloseHandle {
  void operator()(CURL* handle) const { curl().easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

// Unused handles with their open connections, so that the next request to the same origin finds
// one. Any thread.
class HandlePool {
 public:
  Handle take(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& i) { return i.origin == origin; });
    if (found == idle_.rend()) return Handle(curl().easy_init());
    Handle handle = std::move(found->handle);
    idle_.erase(std::next(found).base());
    return handle;
  }

  void give_back(std::string origin, Handle handle) {
    curl().easy_reset(handle.get());  // keeps the connections
    Handle oldest;                    // closes its connections after the lock is gone
    const std::lock_guard lock(mutex_);
    if (idle_.size() >= kMaxIdle) {
      oldest = std::move(idle_.front().handle);
      idle_.erase(idle_.begin());
    }
    idle_.push_back({std::move(origin), std::move(handle)});
  }

 private:
  struct Idle {
    std::string origin;
    Handle handle;
  };
  static constexpr std::size_t kMaxIdle = 32;

  std::mutex mutex_;        // guards idle_
  std::vector<Idle> idle_;  // oldest first
};

bool is_framing_header(std::string_view name) {
  return equals_ignoring_case(name, "transfer-encoding") || equals_ignoring_case(name, "content-length");
}

// Why a request would not arrive as it was meant, if so.
std::optional<std::string> fault_of(const HttpRequest& request, const OutboundPolicy& policy) {
  if (auto fault = outbound_fault(request.url, policy)) return "the URL " + *fault;
  if (!is_token(request.method)) return "the method is malformed";
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !is_field_value(value)) return "a header is malformed";
    if (is_framing_header(name)) return "framing headers are the transport's own";
  }
  return std::nullopt;
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(OutboundPolicy policy, const std::atomic<bool>* is_cut_off)
      : policy_(policy), is_cut_off_(is_cut_off) {}

  HttpResult send(const HttpRequest& request) override {
    if (auto fault = fault_of(request, policy_)) {
      return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Policy, std::move(*fault)};
    }
    std::string origin = *origin_of(request.url);
    Handle handle = handles_.take(origin);
    if (!handle) return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Connect, "out of memory"};
    HttpResult result = CurlTransfer(handle.get(), request, policy_, is_cut_off_).run();
    handles_.give_back(std::move(origin), std::move(handle));
    return result;
  }

 private:
  const OutboundPolicy policy_;
  const std::atomic<bool>* const is_cut_off_;
  HandlePool handles_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(OutboundPolicy policy, const std::atomic<bool>* is_cut_off) {
  return std::make_unique<CurlClient>(policy, is_cut_off);
}

}  // namespace coffer
