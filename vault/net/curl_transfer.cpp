#include "vault/net/curl_transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <new>

#include "vault/base/encoding.h"
#include "vault/net/address_rules.h"
#include "vault/net/curl_library.h"
#include "vault/net/http_syntax.h"

namespace coffer {
namespace {

constexpr Duration kConnectTimeout = std::chrono::seconds(10);
constexpr long kMaxReuseSeconds = 30;  // servers commonly close after 60
constexpr std::size_t kMaxHeaderBytes = 64 << 10;

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  curl().easy_setopt(handle, option, value);
}

long milliseconds(Duration duration) {
  return static_cast<long>(std::max(duration, Duration(1)).count());
}

}  // namespace

CurlTransfer::CurlTransfer(CURL* handle, const HttpRequest& request, const OutboundPolicy& policy,
                           const std::atomic<bool>* is_cut_off)
    : handle_(handle),
      request_(request),
      policy_(policy),
      is_cut_off_(is_cut_off),
      is_plain_(!to_lower(request.url).starts_with("https:")) {
  set_transport();
  set_limits();
  set_callbacks();
  set_message();
}

CurlTransfer::~CurlTransfer() {
  for (curl_slist* line = headers_; line != nullptr; line = line->next) {
    wipe(line->data, std::string_view(line->data).size());
  }
  curl().slist_free_all(headers_);
}

void CurlTransfer::set_transport() {
  set(handle_, CURLOPT_URL, request_.url.c_str());
  set(handle_, CURLOPT_PATH_AS_IS, 1L);
  set(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle_, CURLOPT_PROXY, "");  // also keeps the environment's proxies out
  set(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle_, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(handle_, CURLOPT_NOSIGNAL, 1L);
  set(handle_, CURLOPT_MAXAGE_CONN, kMaxReuseSeconds);
  set(handle_, CURLOPT_FRESH_CONNECT, request_.once ? 1L : 0L);
  set(handle_, CURLOPT_FORBID_REUSE, request_.once ? 1L : 0L);
}

void CurlTransfer::set_limits() {
  set(handle_, CURLOPT_TIMEOUT_MS, milliseconds(request_.timeout));
  set(handle_, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(request_.timeout, kConnectTimeout)));
  const std::size_t longest = request_.takes_part_of_body ? 0 : request_.max_response_bytes;  // 0: any
  set(handle_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(longest));
}

void CurlTransfer::set_callbacks() {
  set(handle_, CURLOPT_NOPROGRESS, 0L);
  set(handle_, CURLOPT_XFERINFODATA, this);
  set(
      handle_, CURLOPT_XFERINFOFUNCTION,  // about once a second, also while nothing moves
      +[](void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> int {
        return static_cast<CurlTransfer*>(self)->is_cut_off() ? 1 : 0;
      });
  set(handle_, CURLOPT_PREREQDATA, this);
  set(
      handle_, CURLOPT_PREREQFUNCTION, +[](void* self, char*, char*, int, int) -> int {
        auto* transfer = static_cast<CurlTransfer*>(self);
        const bool may_go = transfer->guarded([&] { return transfer->on_before_request(); });
        return may_go ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
      });
  set(handle_, CURLOPT_OPENSOCKETDATA, this);
  set(
      handle_, CURLOPT_OPENSOCKETFUNCTION,
      +[](void* self, curlsocktype, curl_sockaddr* address) -> curl_socket_t {
        return static_cast<CurlTransfer*>(self)->on_open_socket(*address);
      });
  set(handle_, CURLOPT_HEADERDATA, this);
  set(
      handle_, CURLOPT_HEADERFUNCTION,
      +[](char* data, std::size_t size, std::size_t count, void* self) -> std::size_t {
        auto* transfer = static_cast<CurlTransfer*>(self);
        const bool took = transfer->guarded([&] { return transfer->on_header({data, size * count}); });
        return took ? size * count : 0;
      });
  set(handle_, CURLOPT_WRITEDATA, this);
  set(
      handle_, CURLOPT_WRITEFUNCTION,
      +[](char* data, std::size_t size, std::size_t count, void* self) -> std::size_t {
        auto* transfer = static_cast<CurlTransfer*>(self);
        const bool took = transfer->guarded([&] { return transfer->on_body({data, size * count}); });
        return took ? size * count : CURL_WRITEFUNC_ERROR;
      });
}

bool CurlTransfer::guarded(const std::function<bool()>& callback) {
  try {
    return callback();
  } catch (...) {
    thrown_ = std::current_exception();
    return false;
  }
}

void CurlTransfer::add_header(const std::string& line) {
  curl_slist* longer = curl().slist_append(headers_, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  headers_ = longer;
}

void CurlTransfer::set_message() {
  for (const auto& [name, value] : request_.headers) {
    std::string line;
    line.reserve(name.size() + value.size() + 2);                        // the value is in no second place
    line.append(name).append(value.empty() ? ";" : ": ").append(value);  // curl drops a bare "name:"
    add_header(line);
    wipe(line);
  }
  // What curl would add on its own: not asked for, so not sent.
  for (const char* unwanted : {"Expect", "Accept", "Content-Type"}) {
    if (header_value(request_.headers, unwanted).empty()) add_header(std::string(unwanted) + ":");
  }
  set(handle_, CURLOPT_HTTPHEADER, headers_);
  set_method();
}

void CurlTransfer::set_method() {
  const std::string& method = request_.method;
  if (method == "HEAD") return set(handle_, CURLOPT_NOBODY, 1L);
  if (method == "GET" && request_.body.empty()) return set(handle_, CURLOPT_HTTPGET, 1L);
  const bool has_body = !request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (has_body) {
    set(handle_, CURLOPT_POST, 1L);
    set(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(handle_, CURLOPT_POSTFIELDS, request_.body.data());  // not copied
  }
  set(handle_, CURLOPT_CUSTOMREQUEST, method.c_str());
}

// Exactly here the connection stands and no byte of the request has left (measured, plain and TLS).
// A second call in one transfer means that curl sends again after a connection died unanswered.
bool CurlTransfer::on_before_request() {
  ++ready_count_;
  const bool is_repeat = ready_count_ > 1 && (request_.once || request_.before_send);
  if (is_repeat || is_cut_off() || (request_.before_send && !request_.before_send())) {
    was_refused_ = true;
    return false;
  }
  was_sent_ = true;
  return true;
}

bool CurlTransfer::on_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    is_too_large_ = true;
    return false;
  }
  if (line.starts_with("HTTP/")) {  // what came before was an interim answer
    response_headers_.clear();
    has_whole_head_ = false;
    return true;
  }
  if (line == "\r\n" || line == "\n") has_whole_head_ = true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || has_whole_head_) return true;  // or a trailer field: not asked for
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n')) value.remove_suffix(1);
  response_headers_.push_back({std::string(line.substr(0, colon)), std::string(trim_spaces(value))});
  return true;
}

bool CurlTransfer::on_body(std::string_view bytes) {
  const std::size_t room = request_.max_response_bytes - body_.size();
  if (bytes.size() > room) {
    is_too_large_ = true;
    if (request_.takes_part_of_body) body_.append(bytes.substr(0, room));
    return false;
  }
  body_.append(bytes);
  return true;
}

curl_socket_t CurlTransfer::on_open_socket(const curl_sockaddr& address) {
  if (!may_connect(address.addr, policy_, is_plain_)) {
    broke_policy_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
}

HttpResult CurlTransfer::run() {
  const CURLcode code = is_cut_off() ? CURLE_ABORTED_BY_CALLBACK : curl().easy_perform(handle_);
  if (thrown_) std::rethrow_exception(thrown_);
  // curl takes a head that ends with the connection for a whole one.
  if (code == CURLE_OK && !has_whole_head_) return fail(CURLE_PARTIAL_FILE);
  return is_answered(code) ? succeed() : HttpResult(fail(code));
}

bool CurlTransfer::is_answered(CURLcode code) const {
  if (code == CURLE_OK) return true;
  const bool has_answer = has_whole_head_ && status() >= 200;  // less is an interim answer's
  return request_.takes_part_of_body && has_answer && code != CURLE_ABORTED_BY_CALLBACK;
}

long CurlTransfer::status() const {
  long status = 0;
  curl().easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

HttpResult CurlTransfer::succeed() {
  HttpResponse response;
  response.status = static_cast<int>(status());
  response.headers = std::move(response_headers_);
  response.body = body_.take();
  return response;
}

HttpFailure CurlTransfer::fail(CURLcode code) const {
  const std::string host = host_of(request_.url).value_or("?");
  const std::string_view reason = was_refused_                        ? "not sent"
                                  : broke_policy_                     ? "the address is not allowed"
                                  : is_too_large_                     ? "the answer is too large"
                                  : code == CURLE_ABORTED_BY_CALLBACK ? "cut off"
                                                                      : curl().easy_strerror(code);
  return {was_sent_ ? HttpFailure::Sent::Maybe : HttpFailure::Sent::No, kind_of(code),
          host + ": " + std::string(reason)};
}

HttpFailure::Kind CurlTransfer::kind_of(CURLcode code) const {
  using Kind = HttpFailure::Kind;
  if (was_refused_) return was_sent_ ? Kind::Broken : Kind::Refused;
  if (is_too_large_ || code == CURLE_FILESIZE_EXCEEDED) return Kind::TooLarge;
  const bool is_odd_url = code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT;
  if (!was_sent_ && (broke_policy_ || is_odd_url)) return Kind::Policy;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Kind::Resolve;
    case CURLE_COULDNT_CONNECT:
      return Kind::Connect;
    case CURLE_OPERATION_TIMEDOUT:
      return Kind::Timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_PEER_FAILED_VERIFICATION:
      return Kind::Tls;
    default:
      return Kind::Broken;  // curl has a hundred codes; all others mean an exchange that broke
  }
}

}  // namespace coffer
