#pragma once

#include "vault/base/clock.h"
#include "vault/base/http.h"
#include "vault/base/log.h"
#include "vault/base/random.h"

namespace coffer {

// Every impure thing, handed in once. All four outlive whoever holds an Env and serve any thread.
struct Env {
  const Clock& clock;
  Random& random;
  HttpClient& http;
  Log& log;
};

}  // namespace coffer
