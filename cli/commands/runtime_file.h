#pragma once

#include <optional>
#include <string>

#include "vault/base/secret.h"

namespace coffer::cli {

// What a running daemon tells other commands of the same user.
struct RunningDaemon {
  std::string url;
  std::string mock_url;  // empty: there is no mock provider
  Secret api_key;        // of a dev daemon, whose key stands nowhere else; empty otherwise
  int pid = 0;
};

// Published in the runtime directory (mode 0600) for the life of this object, before the daemons that run
// already: when it ends, the newest of those is found again. Where it cannot be written, a warning says so:
// the daemon works without.
class RuntimeFile {
 public:
  explicit RuntimeFile(RunningDaemon daemon);
  ~RuntimeFile();
  RuntimeFile(const RuntimeFile&) = delete;
  RuntimeFile& operator=(const RuntimeFile&) = delete;

 private:
  int pid_;
};

// Of the daemons whose process still lives the one that published itself last. Throws Storage that names the
// file if it is there and cannot be understood.
std::optional<RunningDaemon> find_running_daemon();

}  // namespace coffer::cli
