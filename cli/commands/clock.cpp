#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::cli {
namespace {

constexpr double kFastest = 100'000;  // docs/http-api.md

struct ClockOptions {
  std::string verb;
  std::string value;
  bool json = false;
};

double parse_rate(const std::string& text) {
  double rate = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (error != std::errc() || end != text.data() + text.size() || !(rate >= 0) || rate > kFastest) {
    throw Error(ErrorCode::InvalidArgument, "\"" + text + "\" is not a rate from 0 to 100000",
                "write 1 for real time, 60 for a minute a second");
  }
  return rate;
}

const std::string& value_of(const ClockOptions& options) {
  if (options.value.empty()) {
    throw Error(ErrorCode::InvalidArgument, "clock " + options.verb + " needs a value",
                "for example advance 1h, set 2030-01-01T00:00:00Z or rate 60");
  }
  return options.value;
}

void refuse_value(const ClockOptions& options) {
  if (options.value.empty()) return;
  throw Error(ErrorCode::InvalidArgument,
              "clock " + options.verb + " takes no value, but was given " + in_quotes(options.value),
              "leave it out");
}

Json freeze(const ClockOptions& options) {
  refuse_value(options);
  return {{"freeze", options.verb == "freeze"}};
}

Json change(const ClockOptions& options) {
  if (options.verb == "advance") return {{"advance", value_of(options)}};
  if (options.verb == "set") return {{"set", value_of(options)}};
  if (options.verb == "rate") return {{"rate", parse_rate(value_of(options))}};
  if (options.verb == "freeze" || options.verb == "thaw") return freeze(options);
  throw Error(ErrorCode::InvalidArgument, "the clock cannot \"" + options.verb + "\"",
              "use advance 1h, set 2030-01-01T00:00:00Z, freeze, thaw or rate 60");
}

int run(const Globals& globals, const ClockOptions& options) {
  const std::string path = "/_coffer/clock";
  const Json body = options.verb.empty() ? Json() : change(options);
  HttpApi api(find_endpoint(globals));
  require_test_controls(api);
  const Json clock = body.is_null() ? api.get(path) : api.post(path, body);
  if (options.json) {
    print_json(clock);
  } else {
    print_line(text_of(clock, "now") + (clock.value("frozen", false) ? " frozen" : ""));
  }
  return exit_code::kOk;
}

}  // namespace

Command clock_command(const Globals& globals) {
  auto options = std::make_shared<ClockOptions>();
  return {"clock",
          "Show or move the daemon's clock (dev and --test-controls only)",
          {{"verb", "advance DURATION, set TIME, freeze, thaw or rate NUMBER", &options->verb, "VERB"},
           {"value", "What the verb takes", &options->value, "VALUE"},
           {"--json", "Print the clock as JSON", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
