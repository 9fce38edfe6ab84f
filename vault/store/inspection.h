#pragma once

#include <string>
#include <vector>

#include "vault/base/log.h"
#include "vault/store/anchor.h"
#include "vault/store/database.h"

namespace coffer {

struct Inspection {
  int schema_version = 0;  // as the file has it
  int newest_version = 0;  // what serving would bring it to
  // Tables that were changed from outside. What a statement does to those is not known, so where there
  // are any nothing else was looked at.
  std::vector<std::string> schema_faults;
  std::vector<std::string> faults;
  anchors::State anchor;
  std::string anchor_fault;  // why opening would refuse the vault as older than what was seen
};

// All that Database::check() finds, of a vault that nobody serves, whose files stay as they were: a
// schema of an older release is brought up to date in a transaction that is never committed, and a log
// that a killed process left is read, not written back.
// Throws as Database::open does; makes no vault.
Inspection inspect(VaultLocation location, Log& log);

}  // namespace coffer
