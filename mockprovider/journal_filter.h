#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// Which entries a query asks for: endpoint, provider, toolkit, tool, account, client_id (or
// client), family, error, fault, status, q, limit, newest_first, and after or since: a number, a
// time, or how long ago. What no entry of this tenant can have is a typing error. Throws InvalidArgument, and
// NotFound for an account.
Journal::Filter parse_journal_filter(const Fields& query, const Tenant& tenant);

}  // namespace coffer::mock
