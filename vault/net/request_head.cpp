#include "vault/net/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "vault/base/encoding.h"
#include "vault/net/http_syntax.h"

namespace coffer {
namespace {

using Check = std::optional<Refusal>;

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

// The next line without its CRLF, taken off the front. nullopt for a line that holds a bare CR or LF.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  if (end == std::string_view::npos || text.substr(end, 2) != "\r\n") return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

Check check_version(std::string_view version, RequestHead& head) {
  if (version == "HTTP/1.1") return std::nullopt;
  if (version == "HTTP/1.0") {
    head.keeps_alive = false;
    return std::nullopt;
  }
  if (version.size() == 8 && version.starts_with("HTTP/"))
    return Refusal{505, "only HTTP/1.1 is spoken here"};
  return Refusal{400, "the request line has no version"};
}

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// RFC 9112 §3.2.2: leaves the origin form of an absolute one, and gives its authority.
std::optional<std::string> take_authority(std::string& target) {
  constexpr std::string_view kScheme = "http://";
  if (!equals_ignoring_case(std::string_view(target).substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const std::size_t end = std::min(target.find_first_of("/?#", kScheme.size()), target.size());
  std::string authority = target.substr(kScheme.size(), end - kScheme.size());
  target.erase(0, end);
  if (!target.starts_with('/')) target.insert(0, 1, '/');
  return authority;
}

Check read_request_line(std::string_view line, RequestHead& head, std::optional<std::string>& authority) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Refusal{400, "the request line is malformed"};
  head.method = line.substr(0, first);
  head.raw_target = line.substr(first + 1, last - first - 1);
  if (!is_token(head.method)) return Refusal{400, "the method is malformed"};
  if (!is_visible_ascii(head.raw_target)) return Refusal{400, "the request target is malformed"};
  if (const Check refusal = check_version(line.substr(last + 1), head)) return refusal;
  if (std::find(kMethods.begin(), kMethods.end(), head.method) == kMethods.end()) {
    return Refusal{501, "the method is not supported"};
  }
  authority = take_authority(head.raw_target);
  auto target = parse_target(head.raw_target);
  if (!target) return Refusal{400, "the request target is malformed"};
  head.target = std::move(*target);
  return std::nullopt;
}

Check read_field(std::string_view line, RequestHead& head) {
  const std::size_t colon = line.find(':');
  // A name ends at its colon, and a line that begins with a space is a folded one (RFC 9112 §5.1, §5.2).
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return Refusal{400, "a header name is malformed"};
  }
  const std::string_view value = trim_spaces(line.substr(colon + 1));
  if (!is_field_value(value)) return Refusal{400, "a header value holds a control character"};
  head.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
  return std::nullopt;
}

// The single field of that name. Two of them are always refused, even equal ones.
struct Single {
  std::size_t count = 0;
  std::string_view value;
};

Single find_single(const HttpHeaders& headers, std::string_view name) {
  Single found;
  for (const auto& header : headers) {
    if (!equals_ignoring_case(header.name, name)) continue;
    ++found.count;
    found.value = header.value;
  }
  return found;
}

// An authority that is not the Host is for somebody else, or for whoever reads only one of the two.
Check check_host(const RequestHead& head, const std::optional<std::string>& authority) {
  const Single host = find_single(head.headers, "host");
  if (host.count != 1) return Refusal{400, "exactly one Host header is needed"};
  if (!is_host_value(host.value)) return Refusal{400, "the Host header is malformed"};
  if (authority && !equals_ignoring_case(*authority, host.value)) {
    return Refusal{400, "the request target is of another host"};
  }
  return std::nullopt;
}

Check read_length(std::string_view text, const HeadLimits& limits, RequestHead& head) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return Refusal{400, "Content-Length is malformed"};
  }
  const auto result = std::from_chars(text.data(), text.data() + text.size(), head.content_length);
  if (result.ec != std::errc() || head.content_length > limits.max_body_bytes) {
    return Refusal{413, "the body is too large"};
  }
  head.framing = head.content_length > 0 ? BodyFraming::Sized : BodyFraming::None;
  return std::nullopt;
}

// RFC 9112 §6.3, with every ambiguous case refused.
Check read_framing(const HeadLimits& limits, RequestHead& head, bool is_http_1_0) {
  const Single length = find_single(head.headers, "content-length");
  const Single coding = find_single(head.headers, "transfer-encoding");
  if (length.count > 1 || coding.count > 1) return Refusal{400, "a framing header is repeated"};
  if (coding.count == 1) {
    if (length.count == 1) return Refusal{400, "Content-Length beside Transfer-Encoding"};
    if (is_http_1_0) return Refusal{400, "Transfer-Encoding in HTTP/1.0"};
    if (!equals_ignoring_case(coding.value, "chunked"))
      return Refusal{501, "the transfer coding is not supported"};
    head.framing = BodyFraming::Chunked;
    return std::nullopt;
  }
  return length.count == 1 ? read_length(length.value, limits, head) : std::nullopt;
}

// Connection, Expect and Content-Encoding.
Check read_options(RequestHead& head) {
  for (const auto& [name, value] : head.headers) {
    if (equals_ignoring_case(name, "connection") && list_contains(value, "close")) head.keeps_alive = false;
    if (equals_ignoring_case(name, "content-encoding") && !equals_ignoring_case(value, "identity")) {
      return Refusal{415, "compressed bodies are not accepted"};
    }
    if (!equals_ignoring_case(name, "expect")) continue;
    if (!equals_ignoring_case(value, "100-continue")) return Refusal{417, "the expectation is not supported"};
    head.expects_continue = true;
  }
  return std::nullopt;
}

Check read_fields(std::string_view text, const HeadLimits& limits, RequestHead& head) {
  while (true) {
    const auto line = take_line(text);
    if (!line) return Refusal{400, "a line does not end with CR LF"};
    if (line->empty()) return std::nullopt;
    if (head.headers.size() == limits.max_headers) return Refusal{431, "too many headers"};
    if (const Check refusal = read_field(*line, head)) return refusal;
  }
}

}  // namespace

std::variant<RequestHead, Refusal> parse_head(std::string_view text, const HeadLimits& limits) {
  RequestHead head;
  const auto request_line = take_line(text);
  if (!request_line) return Refusal{400, "a line does not end with CR LF"};
  std::optional<std::string> authority;
  if (const Check refusal = read_request_line(*request_line, head, authority)) return *refusal;
  const bool is_http_1_0 = !head.keeps_alive;
  if (const Check refusal = read_fields(text, limits, head)) return *refusal;
  if (const Check refusal = check_host(head, authority)) return *refusal;
  if (const Check refusal = read_framing(limits, head, is_http_1_0)) return *refusal;
  if (const Check refusal = read_options(head)) return *refusal;
  return head;
}

}  // namespace coffer
