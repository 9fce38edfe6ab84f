#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/endpoint.h"
#include "cli/commands/output.h"
#include "cli/commands/runtime_file.h"
#include "cli/commands/values.h"
#include "cli/commands/vault_access.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/random.h"
#include "vault/base/secret_arena.h"
#include "vault/net/http_server.h"
#include "vault/store/inspection.h"

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

struct DoctorOptions {
  int port = 9900;
  bool json = false;
};

enum class Verdict { Ok, Warning, Fault };

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ok:
      return "ok";
    case Verdict::Warning:
      return "warning";
    case Verdict::Fault:
      return "fault";
  }
  return "fault";
}

struct Finding {
  std::string check;
  Verdict verdict = Verdict::Ok;
  std::string detail;
  std::string hint;
};

constexpr const char* kMakeOne = "run `coffer init`";

Finding check_mode(const std::string& check, const fs::path& path, const struct stat& info,
                   const char* mode) {
  if (info.st_uid != ::geteuid()) {
    return {check, Verdict::Fault, path.string() + " belongs to another user",
            "chown it to the user that runs coffer"};
  }
  if ((info.st_mode & 077) != 0) {
    return {check, Verdict::Fault, path.string() + " is open to others",
            std::string("run `chmod ") + mode + " " + path.string() + "`"};
  }
  return {check, Verdict::Ok, path.string(), ""};
}

Finding check_directory(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return {"directory", Verdict::Fault, path.string() + " is missing", kMakeOne};
  }
  return check_mode("directory", path, info, "700");
}

Finding check_file(const std::string& check, const fs::path& path, const std::string& hint_if_missing) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    return {check, Verdict::Fault, path.string() + " is missing", hint_if_missing};
  }
  if (S_ISLNK(info.st_mode)) {
    return {check, Verdict::Fault, path.string() + " is a symbolic link", "name the file itself"};
  }
  return check_mode(check, path, info, "600");
}

Finding check_key(const KeySource& key, const fs::path& vault) {
  if (const auto* file = std::get_if<KeyFile>(&key)) {
    const bool is_vault_there = fs::exists(fs::symlink_status(vault));
    return check_file("key", file->path,
                      is_vault_there ? "put back the key file that the vault was made with, or name it with "
                                       "--key-file; a passphrase, with --passphrase-file"
                                     : kMakeOne);
  }
  if (std::holds_alternative<Passphrase>(key)) return {"key", Verdict::Ok, "a passphrase", ""};
  return {"key", Verdict::Ok, "systemd credential \"" + SystemdCredential{}.name + "\"", ""};
}

std::string describe_schema(const Inspection& inspection) {
  std::string text = "schema " + std::to_string(inspection.schema_version);
  if (inspection.schema_version < inspection.newest_version) {
    text += "; the next `coffer serve` brings it to " + std::to_string(inspection.newest_version);
  }
  return text;
}

Finding describe_anchor(const Inspection& inspection) {
  if (!inspection.anchor_fault.empty())
    return {"anchor", Verdict::Fault, inspection.anchor_fault, anchors::kWayOut};
  if (inspection.anchor.file.empty()) {
    return {"anchor", Verdict::Warning, "none: nothing would notice an older copy of the vault",
            "set one with `coffer anchor set`"};
  }
  if (!inspection.anchor.was_seen) {
    return {"anchor", Verdict::Warning, inspection.anchor.file.string() + " is missing",
            "the next `coffer serve` makes it; until then nothing would notice an older copy"};
  }
  return {"anchor", Verdict::Ok, "the vault is no older than when it was last used", ""};
}

constexpr const char* kWayOutOfFaults =
    "restore the vault from a backup; or delete what is named, and connect or make it anew";

std::vector<Finding> check_vault(const fs::path& path, KeySource key) {
  try {
    const Inspection inspection = inspect({path, std::move(key), false}, null_log());
    std::vector<Finding> findings = {{"header", Verdict::Ok, describe_schema(inspection), ""}};
    for (const std::string& fault : inspection.schema_faults) {
      findings.push_back({"schema", Verdict::Fault, fault, "restore the vault from a backup"});
    }
    if (!inspection.schema_faults.empty()) return findings;
    for (const std::string& fault : inspection.faults) {
      findings.push_back({"integrity", Verdict::Fault, fault, kWayOutOfFaults});
    }
    if (inspection.faults.empty()) findings.push_back({"integrity", Verdict::Ok, "every row is sound", ""});
    findings.push_back(describe_anchor(inspection));
    return findings;
  } catch (const Error& error) {
    const bool is_served = error.code() == ErrorCode::VaultInUse;
    return {{"header", is_served ? Verdict::Warning : Verdict::Fault, error.what(),
             is_served ? "stop the daemon to have the vault's content checked" : error.hint()}};
  }
}

Finding check_memory() {
  const Secret probe("probe");
  if (secret_arena::is_locked()) return {"memory", Verdict::Ok, "secrets are kept out of swap", ""};
  return {"memory", Verdict::Warning, "the system refuses locked memory: secrets may reach swap",
          "raise RLIMIT_MEMLOCK (ulimit -l, LimitMEMLOCK=)"};
}

// The vault was written in the past, unless the clock went back since.
Finding check_clock(const fs::path& vault) {
  std::error_code error;
  const auto written = fs::last_write_time(vault, error);
  const auto ahead = written - fs::file_time_type::clock::now();
  if (!error && ahead > std::chrono::minutes(5)) {
    return {"clock", Verdict::Warning, "the vault was last written in the future",
            "set the system's clock: expiry of tokens is reckoned by it"};
  }
  return {"clock", Verdict::Ok, to_rfc3339(SystemClock().now()), ""};
}

Finding check_port_is_free(int port) {
  try {
    if (const auto running = find_running_daemon())
      return {"port", Verdict::Ok, "a daemon runs at " + running->url, ""};
  } catch (const Error& error) {
    return {"port", Verdict::Warning, error.what(), error.hint()};
  }
  SystemRandom random;
  try {
    const HttpServer probe({"127.0.0.1", port}, {}, {}, random, null_log());
    return {"port", Verdict::Ok, std::to_string(port) + " is free", ""};
  } catch (const Error& error) {
    return {"port", Verdict::Warning, error.what(), "use `coffer serve --port` with another one"};
  }
}

std::vector<Finding> examine(const Globals& globals, const DoctorOptions& options) {
  const fs::path vault = vault_file(globals);
  KeySource key = key_source(globals);
  std::vector<Finding> findings = {check_directory(vault.parent_path()), check_file("vault", vault, kMakeOne),
                                   check_key(key, vault)};
  const bool can_be_opened = findings[1].verdict == Verdict::Ok && findings[2].verdict == Verdict::Ok;
  if (can_be_opened) {
    for (Finding& finding : check_vault(vault, std::move(key))) findings.push_back(std::move(finding));
  }
  findings.push_back(check_memory());
  findings.push_back(check_clock(vault));
  findings.push_back(check_port_is_free(options.port));
  return findings;
}

void print_findings(const std::vector<Finding>& findings) {
  Table table({"CHECK", "RESULT", "DETAIL"});
  for (const Finding& finding : findings) {
    table.add({finding.check, std::string(word(finding.verdict)), finding.detail});
  }
  table.print();
  for (const Finding& finding : findings) {
    if (!finding.hint.empty()) print_progress("hint: " + finding.hint);
  }
}

void print_findings_as_json(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"check", finding.check},
                    {"result", word(finding.verdict)},
                    {"detail", finding.detail},
                    {"hint", finding.hint}});
  }
  print_json(list);
}

int run(const Globals& globals, const DoctorOptions& options) {
  check_port("--port", options.port);
  const std::vector<Finding> findings = examine(globals, options);
  options.json ? print_findings_as_json(findings) : print_findings(findings);
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::Fault) return exit_code::kFailure;
  }
  return exit_code::kOk;
}

}  // namespace

Command doctor_command(const Globals& globals) {
  auto options = std::make_shared<DoctorOptions>();
  return {"doctor",
          "Check permissions, key, vault, memory, clock and port; works without a daemon",
          {{"--port", "The port that the daemon would listen on [9900]", &options->port, "PORT"},
           {"--json", "Print a JSON array", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
