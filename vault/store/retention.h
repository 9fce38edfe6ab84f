#pragma once

#include <cstdint>

#include "vault/base/clock.h"

namespace coffer {

// What is kept of rows that only grow: those from `since` on, and of them the newest `most`. A call
// removes up to `at_once`, so that nobody waits long for the writer.
struct Retention {
  Timestamp since;
  std::int64_t most = 0;
  std::int64_t at_once = 256;
};

}  // namespace coffer
