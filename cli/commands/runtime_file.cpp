#include "cli/commands/runtime_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

constexpr std::size_t kMostRecords = 100;  // far below what a private file may hold

std::filesystem::path runtime_file() {
  return runtime_directory() / "daemon.json";
}

// proc(5): the state is field 3, when it began (in the kernel's ticks since boot) field 22.
struct ProcessStat {
  char state = '?';
  std::int64_t start = 0;  // 0: it cannot be told
};

ProcessStat stat_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::size_t name_end = text.rfind(')');  // field 2 may hold anything in its parentheses
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  ProcessStat stat;
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  if (!(fields >> stat.start)) stat.start = 0;
  return stat;
}

// Neither a process that nobody has reaped yet nor one that was given the number since is the daemon.
bool is_alive(int pid, std::int64_t started) {
  if (pid <= 0 || (::kill(pid, 0) != 0 && errno != EPERM)) return false;
  const ProcessStat stat = stat_of(pid);
  if (stat.state == 'Z' || stat.state == 'X') return false;
  return stat.start == 0 || started == 0 || stat.start == started;
}

struct Record {
  RunningDaemon daemon;
  std::int64_t started = 0;
};

std::int64_t number_of(const Json& record, const char* name) {
  const auto found = record.find(name);
  return found != record.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

int pid_of(const Json& record) {
  const std::int64_t number = number_of(record, "pid");
  return number > 0 && number <= std::numeric_limits<int>::max() ? static_cast<int>(number) : 0;
}

Record parse_record(Json& json) {
  Record record;
  record.daemon.url = json.is_object() ? text_of(json, "url") : "";
  record.daemon.pid = json.is_object() ? pid_of(json) : 0;
  if (!origin_of(record.daemon.url) || record.daemon.pid <= 0) {
    throw Error(ErrorCode::InvalidArgument, "it names no daemon");
  }
  record.daemon.mock_url = text_of(json, "mock_url");
  record.daemon.api_key = take_secret(json, "api_key");
  record.started = number_of(json, "started");
  return record;
}

// Newest first. The file is the newest daemon's, with those that it found in `earlier`.
std::vector<Record> read_records() {
  std::error_code error;
  if (!std::filesystem::exists(runtime_file(), error) && !error) return {};
  Json json = parse_json(read_private_file(runtime_file()).expose(), "it");
  std::vector<Record> records;
  records.push_back(parse_record(json));
  const auto earlier = json.find("earlier");
  if (earlier == json.end()) return records;
  for (Json& one : *earlier) records.push_back(parse_record(one));
  return records;
}

Json to_json(const Record& record) {
  const RunningDaemon& daemon = record.daemon;
  Json json = {{"url", daemon.url}, {"pid", daemon.pid}, {"started", record.started}};
  if (!daemon.mock_url.empty()) json["mock_url"] = daemon.mock_url;
  if (!daemon.api_key.empty()) json["api_key"] = daemon.api_key.expose();
  return json;
}

void write_records(const std::vector<Record>& records) {
  if (records.empty()) {
    ::unlink(runtime_file().c_str());
    return;
  }
  Json json = to_json(records.front());
  for (std::size_t i = 1; i < records.size(); ++i) json["earlier"].push_back(to_json(records[i]));
  std::string text = dump_json(json) + "\n";
  wipe(json);
  const Secret content = Secret::consume(text);
  replace_private_file(runtime_file(), content.expose());
}

void keep_living_others(std::vector<Record>& records, int pid) {
  std::erase_if(records, [pid](const Record& record) {
    return record.daemon.pid == pid || !is_alive(record.daemon.pid, record.started);
  });
}

// Held while the file is read and written anew: of two daemons that do so at the same time neither is lost.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ >= 0) ::flock(fd_, LOCK_EX);
  }
  ~DirectoryLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int fd_;
};

// What cannot be understood is replaced.
std::vector<Record> understood_records() {
  try {
    return read_records();
  } catch (const Error&) {
    return {};
  }
}

void publish(RunningDaemon daemon) {
  make_private_directory(runtime_directory());
  const DirectoryLock lock(runtime_directory());
  std::vector<Record> records = understood_records();
  keep_living_others(records, daemon.pid);
  const std::int64_t started = stat_of(daemon.pid).start;
  records.insert(records.begin(), Record{std::move(daemon), started});
  if (records.size() > kMostRecords) records.resize(kMostRecords);
  write_records(records);
}

}  // namespace

RuntimeFile::RuntimeFile(RunningDaemon daemon) : pid_(daemon.pid) {
  try {
    publish(std::move(daemon));
  } catch (const Error& error) {
    print_warning("other commands will have to be told where this daemon is: " + std::string(error.what()));
  }
}

RuntimeFile::~RuntimeFile() {
  try {
    const DirectoryLock lock(runtime_directory());
    std::vector<Record> records = read_records();
    keep_living_others(records, pid_);
    write_records(records);
  } catch (const std::exception&) {
    // The file is not ours any more: nothing to take back.
  }
}

std::optional<RunningDaemon> find_running_daemon() {
  try {
    for (Record& record : read_records()) {
      if (is_alive(record.daemon.pid, record.started)) return std::move(record.daemon);
    }
    return std::nullopt;
  } catch (const Error& error) {
    throw Error(ErrorCode::Storage,
                "\"" + runtime_file().string() + "\" does not tell where the daemon is: " + error.what(),
                "remove it, or name the daemon with --url and the key with --api-key-file");
  }
}

}  // namespace coffer::cli
