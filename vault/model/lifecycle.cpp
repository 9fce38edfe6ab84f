#include "vault/model/lifecycle.h"

namespace coffer {
namespace {

bool is_under_way(ConnectionStatus status) {
  return status == ConnectionStatus::Initializing || status == ConnectionStatus::Initiated;
}

// A user's or operator's "no" outlives a link that was made before it.
bool is_switched_off(ConnectionStatus status) {
  return status == ConnectionStatus::Inactive || status == ConnectionStatus::Revoked;
}

std::optional<ConnectionStatus> target(ConnectionStatus status, LifecycleEvent event, bool was_connected) {
  switch (event) {
    case LifecycleEvent::LinkCreated:
      if (status == ConnectionStatus::Active) return std::nullopt;
      return ConnectionStatus::Initiated;
    case LifecycleEvent::GrantCommitted:
      if (is_switched_off(status)) return std::nullopt;
      return ConnectionStatus::Active;
    case LifecycleEvent::LinkFailed:
      if (!is_under_way(status)) return std::nullopt;
      return ConnectionStatus::Failed;
    case LifecycleEvent::LinkAbandoned:
      if (!is_under_way(status)) return std::nullopt;
      return ConnectionStatus::Expired;
    case LifecycleEvent::RefreshRejected:
      if (status != ConnectionStatus::Active) return std::nullopt;
      return ConnectionStatus::Expired;
    case LifecycleEvent::Disabled:
      if (status != ConnectionStatus::Active && !is_under_way(status)) return std::nullopt;
      return ConnectionStatus::Inactive;
    case LifecycleEvent::Enabled:
      if (status != ConnectionStatus::Inactive) return std::nullopt;
      return was_connected ? ConnectionStatus::Active : ConnectionStatus::Initiated;
    case LifecycleEvent::Revoked:
      return ConnectionStatus::Revoked;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ConnectionStatus> next_status(ConnectionStatus status, LifecycleEvent event,
                                            bool was_connected) {
  const std::optional<ConnectionStatus> next = target(status, event, was_connected);
  return next == status ? std::nullopt : next;
}

}  // namespace coffer
