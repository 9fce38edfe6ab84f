#include "vault/net/http_client.h"

#include <curl/curl.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/secret.h"
#include "vault/net/address_rules.h"
#include "vault/net/curl_transfer.h"
#include "vault/net/http_syntax.h"

namespace coffer {
namespace {

// curl's own buffers see every credential that goes out: wiped when given back.
void wiping_free(void* memory) {
  if (memory == nullptr) return;
  wipe(memory, malloc_usable_size(memory));
  std::free(memory);
}

void* wiping_realloc(void* memory, std::size_t size) {
  void* larger = std::malloc(size);
  if (larger == nullptr || memory == nullptr) return larger;
  std::memcpy(larger, memory, std::min(size, malloc_usable_size(memory)));
  wiping_free(memory);
  return larger;
}

char* plain_strdup(const char* text) {
  return ::strdup(text);
}

// Once per process, at the first request: it costs milliseconds that a start does not wait for.
void ensure_curl_is_ready() {
  static std::once_flag once;
  std::call_once(once, [] {
    const CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, wiping_free, wiping_realloc,
                                               plain_strdup, std::calloc);
    if (code != CURLE_OK) throw Error(ErrorCode::Internal, "the HTTP client cannot be set up");
  });
}

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
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
    if (found == idle_.rend()) return Handle(curl_easy_init());
    Handle handle = std::move(found->handle);
    idle_.erase(std::next(found).base());
    return handle;
  }

  void give_back(std::string origin, Handle handle) {
    curl_easy_reset(handle.get());  // keeps the connections
    Handle oldest;                  // closes its connections after the lock is gone
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
    ensure_curl_is_ready();
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
