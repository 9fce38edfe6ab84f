#include "cli/commands/browser.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

extern char** environ;

namespace coffer::cli {

void open_browser(const std::string& url) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return;
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // A browser is to end when it is told to, whatever this process does with its signals.
  posix_spawnattr_t as_usual;
  posix_spawnattr_init(&as_usual);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&as_usual, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&as_usual, &signals);
  posix_spawnattr_setflags(&as_usual, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string program = "xdg-open";
  std::string argument = url;
  char* arguments[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, program.c_str(), &quiet, &as_usual, arguments, environ) == 0) {
    ::waitpid(child, nullptr, WNOHANG);
  }
  posix_spawnattr_destroy(&as_usual);
  posix_spawn_file_actions_destroy(&quiet);
}

}  // namespace coffer::cli
