#include "vault/tools/proxy_endpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/catalog/request_builder.h"

namespace coffer {
namespace {

constexpr std::size_t kLongestEndpoint = 8192;

Error refused(const std::string& fault, const std::string& hint = {}) {
  return {ErrorCode::InvalidArgument, "\"endpoint\" " + fault, hint};
}

bool is_absolute(std::string_view endpoint) {
  const std::size_t scheme = endpoint.find("://");
  return scheme != std::string_view::npos && scheme < endpoint.find_first_of("/?");
}

std::string_view path_of(std::string_view url) {
  return url.substr(0, url.find('?'));
}

// The HTTP client would resolve them, and so leave the place that was checked.
bool has_dot_segments(std::string_view url) {
  for (const std::string& segment : split(path_of(url), '/')) {
    const auto decoded = percent_decode(segment);
    if (!decoded) return true;
    for (const std::string& part : split(*decoded, '/')) {
      if (part == "." || part == "..") return true;
    }
  }
  return false;
}

bool is_below(std::string_view url, std::string_view base) {
  if (!url.starts_with(base)) return false;
  const std::string_view rest = url.substr(base.size());
  return rest.empty() || rest.front() == '/' || rest.front() == '?';
}

std::string joined(std::string base, std::string_view rest) {
  while (base.ends_with('/')) base.pop_back();
  while (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.empty() || rest.front() == '?') return base.append(rest);
  return base.append("/").append(rest);
}

// Where a mock stands in for all services, its origin is theirs together.
bool is_mocked(const Toolkit& toolkit) {
  return !toolkit.mock_path.empty() && toolkit.base_url.ends_with(toolkit.mock_path);
}

void check_absolute(const Toolkit& toolkit, const std::string& base, std::string_view endpoint) {
  const bool is_own = is_mocked(toolkit) ? is_below(endpoint, base) : origin_of(endpoint) == origin_of(base);
  if (is_own) return;
  throw refused("leaves " + toolkit.name + "'s own API", "use a path below the base URL of the toolkit");
}

}  // namespace

std::string proxy_url(const Toolkit& toolkit, const std::map<std::string, std::string>& fields,
                      std::string_view endpoint) {
  if (endpoint.empty()) throw refused("is empty");
  if (endpoint.size() > kLongestEndpoint) throw refused("is longer than 8192 bytes");
  if (endpoint.starts_with("//") || endpoint.find('#') != std::string_view::npos) {
    throw refused("is neither a path nor an absolute URL");
  }
  const nlohmann::json values = fields;
  const std::string base = render_base_url(toolkit.base_url, {values, Timestamp(), nullptr});
  if (is_absolute(endpoint)) check_absolute(toolkit, base, endpoint);
  std::string url = is_absolute(endpoint) ? std::string(endpoint) : joined(base, endpoint);
  if (origin_of(url) != origin_of(base)) throw refused("is not a plain path or URL");
  if (has_dot_segments(url)) throw refused("holds dot segments or a broken escape");
  return url;
}

}  // namespace coffer
