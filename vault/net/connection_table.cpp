#include "vault/net/connection_table.h"

namespace coffer {

ConnectionKey ConnectionTable::add(std::shared_ptr<ClientConnection> connection) {
  const std::lock_guard lock(mutex_);
  connections_.emplace(++last_key_, std::move(connection));
  return last_key_;
}

std::shared_ptr<ClientConnection> ConnectionTable::find(ConnectionKey key) const {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(key);
  return found == connections_.end() ? nullptr : found->second;
}

void ConnectionTable::remove(ConnectionKey key) {
  std::shared_ptr<ClientConnection> last;  // closes the socket after the lock is gone
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(key);
  if (found == connections_.end()) return;
  last = std::move(found->second);
  connections_.erase(found);
  if (connections_.empty()) emptied_.notify_all();
}

std::vector<ConnectionEntry> ConnectionTable::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<ConnectionEntry> entries;
  entries.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) entries.push_back({key, connection});
  return entries;
}

std::vector<ConnectionEntry> ConnectionTable::expired(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<ConnectionEntry> entries;
  for (const auto& [key, connection] : connections_) {
    if (connection->deadline() <= now) entries.push_back({key, connection});
  }
  return entries;
}

std::shared_ptr<ClientConnection> ConnectionTable::longest_idle(ConnectionKey& key) const {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<ClientConnection> chosen;
  for (const auto& [candidate_key, candidate] : connections_) {
    if (!candidate->is_idle() || (chosen && candidate->deadline() >= chosen->deadline())) continue;
    chosen = candidate;
    key = candidate_key;
  }
  return chosen;
}

std::size_t ConnectionTable::size() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

bool ConnectionTable::wait_until_empty(Duration patience) const {
  std::unique_lock lock(mutex_);
  return emptied_.wait_for(lock, patience, [this] { return connections_.empty(); });
}

}  // namespace coffer
