#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// As it is told; whoever writes it anew may use more.
inline constexpr std::size_t kMostSnapshotBytes = 32 << 20;

// All that a tenant remembers, as one document: clients, accounts, codes and tokens with their
// values, faults, scripts, journal, toolkit data, how far the randomness has come, and the clock,
// which runs at `rate` (0: it stands still). The same world gives the same bytes. Throws TooLarge.
std::string take_snapshot(Tenant& tenant, double rate);

// A world as the snapshot tells it; `options` say where it is served. Throws InvalidArgument for
// what is no snapshot of a whole world.
std::unique_ptr<Tenant> restore_snapshot(TenantOptions options, const nlohmann::json& snapshot);

// The clock's moment when the snapshot was taken. Throws InvalidArgument.
Timestamp moment_of_snapshot(const nlohmann::json& snapshot);
// How fast the clock ran then; absent: an earlier release did not say. Throws InvalidArgument.
std::optional<double> rate_of_snapshot(const nlohmann::json& snapshot);

}  // namespace coffer::mock
