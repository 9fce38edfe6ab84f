#include "cli/commands/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "vault/base/error.h"

namespace coffer::cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// A signal that is blocked and ignored would be read from a signalfd all the same.
sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (!is_ignored(SIGHUP)) sigaddset(&set, SIGHUP);
  return set;
}

// What is opened in place of a closed one would take what is meant to be printed: the key file, say.
// Standard output that was closed stays one that cannot be written.
void open_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest that is free: all below are open by now.
    if (::open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) != fd) {
      throw Error(ErrorCode::Internal, "/dev/null cannot be opened");
    }
  }
}

}  // namespace

void ignore_failed_writes() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void harden_process() {
  open_standard_descriptors();
  const rlimit none{0, 0};
  if (::prctl(PR_SET_DUMPABLE, 0) != 0 || ::setrlimit(RLIMIT_CORE, &none) != 0) {
    throw Error(ErrorCode::Internal, "core dumps cannot be turned off");
  }
  ::umask(077);
  ignore_failed_writes();
}

StopSignals::StopSignals() {
  const sigset_t set = stop_signals();
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0 || (fd_ = ::signalfd(-1, &set, SFD_CLOEXEC)) < 0) {
    throw Error(ErrorCode::Internal, "signals cannot be received");
  }
}

StopSignals::~StopSignals() {
  ::close(fd_);
}

bool StopSignals::wait(std::optional<Duration> at_most) {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + at_most.value_or(Duration(0));
  while (true) {
    pollfd waiting{fd_, POLLIN, 0};
    const auto left = std::chrono::ceil<Duration>(until - steady_clock::now());
    const int timeout = at_most ? static_cast<int>(std::max<std::int64_t>(left.count(), 0)) : -1;
    const int ready = ::poll(&waiting, 1, timeout);
    if (ready == 0) return false;
    if (ready < 0 && errno == EINTR) continue;
    signalfd_siginfo info{};
    return ::read(fd_, &info, sizeof info) == sizeof info;
  }
}

void StopSignals::wait_or_end_of(int input) const {
  while (true) {
    std::array<pollfd, 2> waiting = {{{fd_, POLLIN, 0}, {input, POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    const bool is_signal = waiting[0].revents != 0;
    std::array<char, sizeof(signalfd_siginfo)> unused{};
    const ssize_t count = ::read(is_signal ? fd_ : input, unused.data(), unused.size());
    if (is_signal || count == 0 || (count < 0 && errno != EINTR)) return;
  }
}

Impatience::Impatience(const StopSignals& signals) : end_(::eventfd(0, EFD_CLOEXEC)) {
  if (end_ < 0) throw Error(ErrorCode::Internal, "the system gives no more file descriptors");
  thread_ = std::thread([this, fd = signals.fd()] { watch(fd); });
}

Impatience::~Impatience() {
  ::eventfd_write(end_, 1);
  thread_.join();
  ::close(end_);
}

void Impatience::watch(int signals) const {
  const auto same_until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (true) {
    std::array<pollfd, 2> waiting = {{{end_, POLLIN, 0}, {signals, POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) return;
    signalfd_siginfo info{};
    if (::read(signals, &info, sizeof info) != sizeof info) continue;
    if (std::chrono::steady_clock::now() >= same_until) ::_exit(128 + static_cast<int>(info.ssi_signo));
  }
}

}  // namespace coffer::cli
