#pragma once

#include "mockprovider/journal.h"

namespace coffer::mock {

// Which entries a query asks for: endpoint, provider, toolkit, tool, account, client_id (or
// client), family, error, fault, status, q, limit, newest_first, and after or since: a number, a
// time, or how long ago. Other names are not its business. Throws InvalidArgument.
Journal::Filter parse_journal_filter(const Fields& query, Timestamp now);

}  // namespace coffer::mock
