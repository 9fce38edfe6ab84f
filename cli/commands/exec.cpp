#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "cli/commands/private_file.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

struct ExecOptions {
  std::string user;
  std::string tool;
  std::string arguments = "{}";
  std::string arguments_file;
  std::string account;
  bool json = false;
};

constexpr const char* kArgumentsHint = R"(write --args '{"name": "value"}')";

Json parse_arguments(std::string_view text, const std::string& source) {
  try {
    return parse_json(text, source);
  } catch (const Error& error) {
    throw Error(error.code(), error.what(), kArgumentsHint);
  }
}

Json arguments_of(const ExecOptions& options) {
  Json arguments =
      options.arguments_file.empty()
          ? parse_arguments(options.arguments, "--args")
          : parse_arguments(read_private_file(options.arguments_file).expose(), options.arguments_file);
  if (!arguments.is_object()) {
    throw Error(ErrorCode::InvalidArgument, "the arguments are not a JSON object", kArgumentsHint);
  }
  return arguments;
}

Json execute(HttpApi& api, const ExecOptions& options) {
  Json body = {{"user_id", options.user}, {"arguments", arguments_of(options)}};
  if (!options.account.empty()) body["connected_account_id"] = options.account;
  try {
    return api.post(api_path("tools/execute", options.tool), body);
  } catch (const Error& error) {
    throw_refusal(error);
  }
}

int run(const Globals& globals, const ExecOptions& options) {
  HttpApi api(find_endpoint(globals));
  const Json result = execute(api, options);
  const bool is_successful = result.value("successful", false);
  if (options.json) {
    print_json(result);
  } else if (is_successful) {
    print_json(result.value("data", Json::object()), 2);
  }
  if (!is_successful) {
    print_error(Error(ErrorCode::Internal, options.tool + " failed: " + text_of(result, "error")));
  }
  return is_successful ? exit_code::kOk : exit_code::kFailure;
}

}  // namespace

Command exec_command(const Globals& globals) {
  auto options = std::make_shared<ExecOptions>();
  return {"exec",
          "Run a tool as a user and print its data",
          {{"user", "Your own id of the user", &options->user, "USER", true},
           {"tool", "The tool: GMAIL_FETCH_EMAILS, ...", &options->tool, "TOOL", true},
           {"--args", "The tool's arguments as a JSON object [{}]", &options->arguments, "JSON"},
           {"--args-file", "Read the arguments from FILE; - reads standard input", &options->arguments_file,
            "FILE"},
           {"--account", "Use this one of the user's accounts", &options->account, "ACCOUNT"},
           {"--json", "Print the whole result: data, error, successful, log_id", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
