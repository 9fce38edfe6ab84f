#include "mockprovider/tenant.h"

#include "mockprovider/digest.h"

namespace coffer::mock {
namespace {

// A token that strays from one tenant to another must not be believed there.
std::uint64_t stream_of(const TenantOptions& options) {
  if (options.name.empty()) return options.seed;
  constexpr std::size_t kBytes = 6;  // a number that JSON of every language keeps
  std::uint64_t stream = 0;
  for (const char byte :
       sha256("tenant|" + std::to_string(options.seed) + "|" + options.name).substr(0, kBytes)) {
    stream = stream << 8 | static_cast<unsigned char>(byte);
  }
  return stream;
}

// Where every client is public, so is this one.
Client ready_client(const Profile& profile, std::uint64_t seed) {
  Client client = managed_client(profile.id(), seed);
  if (profile.auth_methods == std::vector<std::string>{"none"}) client.client_secret.clear();
  return client;
}

}  // namespace

Tenant::Tenant(const TenantOptions& options)
    : url(options.url),
      clock(options.clock),
      catalog(options.catalog),
      profiles(options.profiles),
      seed(options.seed),
      stream(options.stream ? *options.stream : stream_of(options)),
      random(stream),
      keys(stream),
      signing_keys(stream),
      grants(options.clock, random),
      pending(options.clock, random),
      pushed(options.clock, random),
      devices(options.clock, random) {
  for (const auto& [id, profile] : profiles) clients.add(ready_client(profile, seed));
}

}  // namespace coffer::mock
