#pragma once

#include <string>
#include <vector>

#include "mockprovider/journal.h"

namespace coffer::mock {

// The journal for a person: a table, newest first. Works without JavaScript; with it, new requests
// appear by themselves.
struct InspectorPage {
  std::string base;  // path of the controls
  std::string search;
  std::string now;           // of the tenant's clock
  std::uint64_t newest = 0;  // number of the newest entry, shown or not
  std::vector<JournalEntry> entries;
};
ServerResponse inspector_page(const InspectorPage& page);

// One request in full.
ServerResponse entry_page(const std::string& base, const JournalEntry& entry);

ServerResponse inspector_script();

}  // namespace coffer::mock
