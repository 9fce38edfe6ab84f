#include "cli/commands/values.h"

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::cli {
namespace {

// As the end of a sentence; empty for a good one.
std::string fault_of_public_url(const std::string& url) {
  const std::size_t scheme_end = url.find("://");
  const std::size_t end =
      scheme_end == std::string::npos ? url.size() : url.find_first_of("/?#", scheme_end + 3);
  const std::string rest = end < url.size() ? url.substr(end) : "";
  if (url.substr(0, end).find('@') != std::string::npos) return "holds a user name or password";
  if (rest.find('?') != std::string::npos) return "holds a query";
  if (rest.find('#') != std::string::npos) return "holds a fragment";
  if (!origin_of(url)) return "is not an http(s) URL";
  if (!rest.empty() && rest != "/") return "holds a path";
  if (origin_of(url)->starts_with("http:") && !is_loopback_host(host_of(url).value_or(""))) {
    return "is plain http to another machine: links and logins would travel in the clear";
  }
  return {};
}

}  // namespace

void check_port(const std::string& option, int port) {
  if (port >= 0 && port <= 65535) return;
  throw Error(ErrorCode::InvalidArgument, option + ": there is no port " + std::to_string(port),
              "use 1 to 65535, or 0 for any free one");
}

Duration read_duration(const std::string& option, const std::string& text, Duration longest) {
  const auto duration = parse_duration(text);
  if (duration && *duration <= longest) return *duration;
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(longest).count();
  throw Error(ErrorCode::InvalidArgument,
              option + " " + in_quotes(text) +
                  (duration ? " is longer than " + std::to_string(hours) + "h" : " is not a duration"),
              "write 90s, 2m or 0s");
}

std::string read_public_url(const std::string& option, const std::string& text) {
  const std::string fault = fault_of_public_url(text);
  if (fault.empty()) return *origin_of(text);
  throw Error(ErrorCode::InvalidArgument, option + " " + fault, "write https://HOST or https://HOST:PORT");
}

}  // namespace coffer::cli
