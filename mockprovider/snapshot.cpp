#include "mockprovider/snapshot.h"

#include <nlohmann/json.hpp>

#include "mockprovider/clock_control.h"
#include "mockprovider/snapshot_fields.h"
#include "mockprovider/stored_form.h"
#include "vault/base/error.h"

namespace coffer::mock {
namespace {

using Stored = StoredForm<SnapshotFields>;

constexpr std::string_view kFormat = "coffer mock snapshot 1";
constexpr std::uint64_t kMaxDraws = 100'000'000;

Error broken(const std::string& how) {
  return {ErrorCode::InvalidArgument, "snapshot: " + how, "GET /_mock/snapshot makes one"};
}

const Json& member(const Json& snapshot, const char* name) {
  const bool is_snapshot = snapshot.is_object() && snapshot.value("format", Json()) == kFormat;
  if (!is_snapshot) throw broken("its format is not \"" + std::string(kFormat) + "\"");
  const auto found = snapshot.find(name);
  if (found == snapshot.end()) throw broken(std::string(name) + " is missing");
  return *found;
}

std::uint64_t number(const Json& snapshot, const char* name) {
  const Json& value = member(snapshot, name);
  if (!value.is_number_unsigned()) throw broken(std::string(name) + " is not a number");
  return value.get<std::uint64_t>();
}

}  // namespace

bool SnapshotFields::is_whole(const Tenant& tenant) {
  const Grants& grants = tenant.grants;
  for (const auto& [value, token] : grants.tokens_) {
    const auto values = grants.values_of_family_.find(token.family);
    if (!grants.families_.contains(token.family) || values == grants.values_of_family_.end()) return false;
  }
  for (const auto& [family, values] : grants.values_of_family_) {
    for (const auto& value : values) {
      if (!grants.tokens_.contains(value)) return false;
    }
  }
  for (const auto& [consent, families] : grants.families_of_consent_) {
    for (const auto& family : families) {
      if (!grants.families_.contains(family)) return false;
    }
  }
  return true;
}

std::string take_snapshot(Tenant& tenant, double rate) {
  tenant.grants.sign_waiting();
  std::string text = dump_json({{"format", kFormat},
                                {"seed", tenant.seed},
                                {"stream", tenant.stream},
                                {"draws", tenant.random.draws()},
                                {"now", to_rfc3339(tenant.clock.now())},
                                {"rate", rate},
                                {"world", Stored::save(tenant)}});
  if (text.size() <= kMostSnapshotBytes) return text;
  throw Error(ErrorCode::TooLarge, "the snapshot has more than 32 MiB",
              "DELETE /_mock/journal forgets the requests, POST /_mock/reset all of it");
}

std::unique_ptr<Tenant> restore_snapshot(TenantOptions options, const Json& snapshot) {
  options.seed = number(snapshot, "seed");
  // Those of earlier releases have none: their tokens followed from the seed alone.
  options.stream = snapshot.contains("stream") ? number(snapshot, "stream") : options.seed;
  const std::uint64_t draws = number(snapshot, "draws");
  if (draws > kMaxDraws) throw broken("draws is more than 100 millions");
  auto tenant = std::make_unique<Tenant>(options);
  try {
    Stored::load(member(snapshot, "world"), *tenant);
  } catch (const Json::exception& error) {
    throw broken(error.what());
  }
  if (!SnapshotFields::is_whole(*tenant)) throw broken("a token or a family is missing");
  tenant->random.skip_to(draws);
  return tenant;
}

Timestamp moment_of_snapshot(const Json& snapshot) {
  const Json& now = member(snapshot, "now");
  const auto moment = now.is_string() ? parse_rfc3339(now.get_ref<const std::string&>()) : std::nullopt;
  if (!moment) throw broken("now is not a time");
  return *moment;
}

std::optional<double> rate_of_snapshot(const Json& snapshot) {
  if (const auto frozen = snapshot.find("frozen"); frozen != snapshot.end()) {  // an earlier release
    if (!frozen->is_boolean()) throw broken("frozen is not true or false");
    return frozen->get<bool>() ? 0 : 1;
  }
  const auto rate = snapshot.find("rate");
  if (rate == snapshot.end()) return std::nullopt;
  if (!is_clock_rate(*rate)) throw broken("rate is not a number from 0 to 1000000");
  return rate->get<double>();
}

}  // namespace coffer::mock
