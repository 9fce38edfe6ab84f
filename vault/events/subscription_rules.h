#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coffer {

struct EventType {
  std::string_view name;
  std::string_view description;
  bool only_v3;
};

std::span<const EventType> event_types();
// nullptr: there is none of this name.
const EventType* find_event_type(std::string_view name);

// Why nothing can ever be delivered to this URL, as the end of a sentence that begins with it: the
// HTTP client that deliveries go through has the same rule. nullopt: nothing stands in the way.
std::optional<std::string> webhook_url_fault(std::string_view url);

}  // namespace coffer
