#pragma once

#include <sys/resource.h>

#include <csignal>
#include <stdexcept>

namespace coffer::testing {

// No file of this process grows while this lives: writes fail as on a disk with a fault.
class NoMoreSpace {
 public:
  NoMoreSpace() : before_signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    if (getrlimit(RLIMIT_FSIZE, &before_) != 0) throw std::runtime_error("getrlimit failed");
    rlimit none = before_;
    none.rlim_cur = 0;
    if (setrlimit(RLIMIT_FSIZE, &none) != 0) throw std::runtime_error("setrlimit failed");
  }
  ~NoMoreSpace() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_signal_);
  }
  NoMoreSpace(const NoMoreSpace&) = delete;
  NoMoreSpace& operator=(const NoMoreSpace&) = delete;

 private:
  void (*before_signal_)(int);
  rlimit before_{};
};

}  // namespace coffer::testing
