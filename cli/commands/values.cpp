#include "cli/commands/values.h"

#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::cli {

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

}  // namespace coffer::cli
