#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mockprovider/journal.h"

namespace coffer::mock {

// The entries as an HTTP Archive, version 1.2, as redacted as they are. `url`: of the tenant.
nlohmann::json to_har(const std::vector<JournalEntry>& entries, const std::string& url);

}  // namespace coffer::mock
