#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// All that a tenant remembers, as one document: clients, accounts, codes and tokens with their
// values, faults, scripts, journal, toolkit data, and how far the randomness has come. The same
// world gives the same bytes.
nlohmann::json take_snapshot(Tenant& tenant);

// A world as the snapshot tells it; `options` say where it is served. Throws InvalidArgument for
// what is no snapshot of a whole world.
std::unique_ptr<Tenant> restore_snapshot(TenantOptions options, const nlohmann::json& snapshot);

// The clock's moment when the snapshot was taken. Throws InvalidArgument.
Timestamp moment_of_snapshot(const nlohmann::json& snapshot);
// Whether the clock stood still then; absent: an earlier release did not say. Throws InvalidArgument.
std::optional<bool> was_frozen(const nlohmann::json& snapshot);

}  // namespace coffer::mock
