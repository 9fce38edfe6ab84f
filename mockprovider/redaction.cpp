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

}  // namespace

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
    redacted += separator + name + "=" + (contains(kHarmlessParameters, name) ? value : "[redacted]");
    separator = '&';
  }
  return redacted;
}

}  // namespace coffer::mock
