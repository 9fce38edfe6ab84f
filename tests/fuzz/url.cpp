// URLs from outside: callback URLs, webhook URLs, base URLs. What we say about one must be what
// the HTTP client makes of it: libcurl's parser is the second opinion.
#include <curl/curl.h>

#include <memory>
#include <string>

#include "tests/fuzz/fuzz.h"
#include "vault/base/encoding.h"
#include "vault/connect/callback_url.h"

using namespace coffer;

namespace {

struct CurlUrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct CurlTextFree {
  void operator()(char* text) const { curl_free(text); }
};

// As libcurl connects to it: the name, or the address in its usual form. Empty: refused.
std::string host_by_curl(const std::string& url) {
  const std::unique_ptr<CURLU, CurlUrlFree> handle(curl_url());
  if (curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
  char* text = nullptr;
  if (curl_url_get(handle.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlTextFree> owned(text);
  std::string host = to_lower(text);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return host;
}

// Numbers are also written in octal, hexadecimal and fewer parts; what they stand for is decided
// by address when the client connects.
bool is_numeric(const std::string& host) {
  return host.find_first_not_of("0123456789abcdefx.:") == std::string::npos;
}

void check_host(const std::string& url) {
  const auto host = host_of(url);
  fuzz::require(host.has_value() == origin_of(url).has_value(), "a URL has a host if it has an origin");
  const std::string by_curl = host ? host_by_curl(url) : "";
  if (by_curl.empty()) return;
  fuzz::require(is_numeric(*host) || by_curl == *host, "the client goes to the host that was checked");
  if (is_loopback_host(*host)) fuzz::require(by_curl == *host, "what is called loopback is loopback");
}

void check_callback(const std::string& url) {
  if (!fuzz::succeeds_or_throws(ErrorCode::InvalidArgument, [&] { check_callback_url(url); })) return;
  const std::string result = callback_with_result(url, true, ConnectionId("ca_1"), "gmail");
  fuzz::require(origin_of(result) == origin_of(url), "the result goes to the origin that was checked");
  fuzz::require(url.empty() || result.find("connected_account_id=ca_1") != std::string::npos,
                "the result names the account");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string url(fuzz::text_of(data, size));
  check_host(url);
  check_callback(url);
  return 0;
}
