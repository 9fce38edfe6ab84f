#include "mockprovider/redaction.h"

#include <algorithm>
#include <array>

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxValue = 512;
constexpr std::array<std::string_view, 10> kHarmlessHeaders = {
    "accept",   "allow",      "cache-control",    "content-encoding", "content-type",
    "location", "user-agent", "www-authenticate", "retry-after",      "refresh"};
// Of a redirect back to the client: what went wrong, and who says so.
constexpr std::array<std::string_view, 3> kHarmlessParameters = {"error", "error_description", "iss"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::string_view kRedacted = "[credential]";
constexpr std::size_t kLeastOfOwn = 12;
constexpr std::size_t kLeastOfPersona = 24;
constexpr std::size_t kLeastOfJwt = 13;
constexpr std::size_t kBareCode = 32;  // 24 random bytes, of providers whose codes have no prefix
constexpr std::array<std::string_view, 11> kOwnPrefixes = {"mock_at_",
                                                           "mock_rt_",
                                                           "mock_code_",
                                                           "mat_",
                                                           "mrt_",
                                                           "mac_",
                                                           "mdc_",
                                                           "mcs_",
                                                           "mrg_",
                                                           "mak_",
                                                           "urn:ietf:params:oauth:request_uri:"};

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_base64url(char c) {
  return is_alnum(c) || c == '-' || c == '_';
}

std::size_t length_of_run(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_base64url) - text.begin());
}

std::size_t length_of_jwt(std::string_view text) {
  const auto is_part = [](char c) { return is_base64url(c) || c == '.'; };
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_part) - text.begin());
}

// "\n" and "%3D" end in characters of a word.
bool is_escape_before(std::string_view text, std::size_t at) {
  return (at >= 2 && text[at - 2] == '\\') || (at >= 3 && text[at - 3] == '%');
}

// No word, number or hexadecimal id.
bool looks_random(std::string_view run) {
  const auto has = [&](char from, char to) {
    return std::any_of(run.begin(), run.end(), [&](char c) { return c >= from && c <= to; });
  };
  return has('a', 'z') && has('A', 'Z') && has('0', '9');
}

}  // namespace

CredentialMarks::CredentialMarks(const Profiles& profiles) {
  for (const auto prefix : kOwnPrefixes) add(std::string(prefix), kLeastOfOwn);
  for (const auto& [id, profile] : profiles) {
    const TokenPolicy& policy = profile.policy;
    for (const auto& prefix : {policy.access_prefix, policy.refresh_prefix, policy.code_prefix,
                               policy.companion_access_prefix, policy.companion_refresh_prefix}) {
      add(prefix, kLeastOfPersona);
      add(form_encode(prefix), kLeastOfPersona);
    }
  }
}

void CredentialMarks::add(const std::string& prefix, std::size_t least) {
  const bool is_known =
      std::any_of(marks_.begin(), marks_.end(), [&](const Mark& mark) { return mark.prefix == prefix; });
  if (!prefix.empty() && !is_known) marks_.push_back({prefix, least});
}

// Of the credential that the text begins with; 0: it begins with none.
std::size_t CredentialMarks::length_at(std::string_view text) const {
  if (text.starts_with("eyJ") && length_of_jwt(text) >= 3 + kLeastOfJwt) return length_of_jwt(text);
  for (const auto& [prefix, least] : marks_) {
    if (!text.starts_with(prefix)) continue;
    const std::size_t rest = length_of_run(text.substr(prefix.size()));
    if (rest >= least) return prefix.size() + rest;
  }
  const std::size_t run = length_of_run(text);
  return run == kBareCode && looks_random(text.substr(0, run)) ? run : 0;
}

std::string CredentialMarks::without_credentials(std::string_view text) const {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    // Inside of a word nothing begins; behind an escape such as \n or %3D something may.
    const bool is_start = at == 0 || !is_base64url(text[at - 1]) || is_escape_before(text, at);
    const std::size_t length = is_start ? length_at(text.substr(at)) : 0;
    if (length > 0) kept += kRedacted;
    if (length == 0) kept += text[at];
    at += std::max<std::size_t>(length, 1);
  }
  return kept;
}

Fields harmless_headers(const HttpHeaders& headers) {
  Fields kept;
  for (const auto& header : headers) {
    const std::string name = to_lower(header.name);
    if (!contains(kHarmlessHeaders, name)) continue;
    const bool is_url = name == "location" || name == "refresh";
    kept.emplace_back(name, (is_url ? redact_url(header.value) : header.value).substr(0, kMaxValue));
  }
  return kept;
}

std::string redact_url(std::string_view url) {
  const std::size_t mark = std::min(url.find_first_of("?#"), url.size());
  std::string redacted(url.substr(0, mark));
  if (mark == url.size() || url[mark] == '#') return redacted;
  const auto query = parse_form(url.substr(mark + 1, url.find('#', mark) - mark - 1));
  if (!query) return redacted;
  char separator = '?';
  for (const auto& [name, value] : *query) {
    redacted +=
        separator + name + "=" + (contains(kHarmlessParameters, name) ? form_encode(value) : "[redacted]");
    separator = '&';
  }
  return redacted;
}

}  // namespace coffer::mock
