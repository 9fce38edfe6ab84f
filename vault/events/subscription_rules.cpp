#include "vault/events/subscription_rules.h"

#include <algorithm>
#include <array>

#include "vault/base/encoding.h"
#include "vault/model/event.h"
#include "vault/net/address_rules.h"

namespace coffer {
namespace {

constexpr std::size_t kMostUrlBytes = 2048;

constexpr std::array<EventType, 3> kEventTypes = {{
    {kExpiredEvent, "An account can no longer be refreshed: the user has to reconnect.", true},
    {"composio.trigger.message", "A trigger fired. Accepted, but nothing here sends it.", false},
    {"composio.trigger.disabled", "A trigger was switched off. Accepted, but nothing here sends it.", false},
}};

}  // namespace

std::span<const EventType> event_types() {
  return kEventTypes;
}

const EventType* find_event_type(std::string_view name) {
  const auto found = std::find_if(kEventTypes.begin(), kEventTypes.end(),
                                  [&](const EventType& type) { return type.name == name; });
  return found == kEventTypes.end() ? nullptr : &*found;
}

std::optional<std::string> webhook_url_fault(std::string_view url) {
  if (url.size() > kMostUrlBytes) return "is longer than 2048 bytes";
  if (auto fault = outbound_fault(url)) return fault;
  if (origin_of(url)->ends_with(":0")) return "names port 0, where nothing can listen";
  return std::nullopt;
}

}  // namespace coffer
