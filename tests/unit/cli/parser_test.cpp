#include "cli/commands/parser.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/cli/scoped_environment.h"
#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::cli;
using coffer::testing::ScopedEnvironment;

namespace {

// A table of two commands that share one option.
struct CommandTable {
  std::string vault = "default";
  int port = 1;
  bool loud = false;
  std::vector<std::string> events;
  std::string user;

  std::vector<Option> shared() { return {{"--vault", "", &vault, "FILE"}}; }
  std::vector<Command> commands() {
    return {{"serve",
             "",
             {{"-p,--port", "", &port, "PORT"}, {"--loud", "", &loud}, {"--events", "", &events, "TYPE"}},
             [] { return 0; }},
            {"exec", "", {{"user", "", &user, "USER", true}}, [] { return 0; }}};
  }
  std::string parse_to_name(const std::vector<std::string>& arguments) {
    const std::vector<Command> table = commands();
    const Command* command = parse(table, shared(), arguments);
    return command == nullptr ? "" : command->name;
  }
};

void write_config(const ScopedEnvironment& environment, const std::string& text) {
  std::filesystem::create_directories(environment.home() / "config" / "coffer");
  std::ofstream(environment.home() / "config" / "coffer" / "config.toml") << text;
}

Error error_of(CommandTable& table, const std::vector<std::string>& arguments) {
  try {
    table.parse_to_name(arguments);
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("the flag wins over the environment, it over the file, and that over the default", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  SECTION("default") {
    CHECK(table.parse_to_name({"serve"}) == "serve");
    CHECK(table.port == 1);
  }
  SECTION("file") {
    write_config(environment, "[serve]\nport = 2\n");
    table.parse_to_name({"serve"});
    CHECK(table.port == 2);
  }
  SECTION("environment") {
    write_config(environment, "[serve]\nport = 2\n");
    environment.set("COFFER_SERVE_PORT", "3");
    table.parse_to_name({"serve"});
    CHECK(table.port == 3);
  }
  SECTION("flag") {
    write_config(environment, "[serve]\nport = 2\n");
    environment.set("COFFER_SERVE_PORT", "3");
    table.parse_to_name({"serve", "--port", "4"});
    CHECK(table.port == 4);
  }
  environment.clear("COFFER_SERVE_PORT");
}

TEST_CASE("an option that all commands share needs no command in its variable or section", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  write_config(environment, "vault = \"file.db\"\n");
  SECTION("file") {
    table.parse_to_name({"serve"});
    CHECK(table.vault == "file.db");
  }
  SECTION("environment") {
    environment.set("COFFER_VAULT", "variable.db");
    table.parse_to_name({"serve"});
    CHECK(table.vault == "variable.db");
  }
  SECTION("flag, behind the command too") {
    table.parse_to_name({"serve", "--vault", "flag.db"});
    CHECK(table.vault == "flag.db");
  }
  environment.clear("COFFER_VAULT");
}

TEST_CASE("a section for one command says nothing about which command runs", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  write_config(environment, "[serve]\nloud = true\n");
  CHECK(table.parse_to_name({"exec", "alice"}) == "exec");
  CHECK(table.user == "alice");
}

TEST_CASE("an unknown key is refused with its place and the nearest name", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  write_config(environment, "vault = \"x\"\n\n[serve]\n  prot = 2\n");
  const Error error = error_of(table, {"serve"});
  CHECK(error.code() == ErrorCode::InvalidArgument);
  CHECK_THAT(error.what(), Catch::EndsWith("config.toml:4:3: unknown key \"serve.prot\""));
  CHECK(error.hint() == "did you mean \"serve.port\"?");
}

TEST_CASE("a key of one command is unknown in another's section", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  write_config(environment, "[exec]\nport = 2\n");
  CHECK(error_of(table, {"serve"}).code() == ErrorCode::InvalidArgument);
}

TEST_CASE("an argument's value cannot come from the file", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  write_config(environment, "[exec]\nuser = \"mallory\"\n");
  CHECK(error_of(table, {"exec", "alice"}).code() == ErrorCode::InvalidArgument);
}

TEST_CASE("a list takes repeated options and comma-separated values, and no more arguments", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  table.parse_to_name({"serve", "--events", "a", "--events", "b,c"});
  CHECK(table.events == std::vector<std::string>{"a", "b", "c"});
  CommandTable other;
  CHECK(error_of(other, {"serve", "--events", "a", "b"}).code() == ErrorCode::InvalidArgument);
}

TEST_CASE("wrong usage names the command's help", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  CHECK(error_of(table, {"exec"}).hint() == "run `coffer exec --help`");
  CHECK(error_of(table, {"serve", "--port", "x"}).code() == ErrorCode::InvalidArgument);
  CHECK(std::string(error_of(table, {"fly"}).what()) == "there is no command \"fly\"");
  CHECK(std::string(error_of(table, {}).what()) == "no command is given");
}

TEST_CASE("a configuration file that the environment names has to exist", "[cli]") {
  ScopedEnvironment environment;
  CommandTable table;
  environment.set("COFFER_CONFIG", (environment.home() / "absent.toml").string());
  CHECK(error_of(table, {"serve"}).code() == ErrorCode::InvalidArgument);
}
