#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "vault/net/client_connection.h"

namespace coffer {

using ConnectionKey = std::uint64_t;  // never used twice, so that a late event finds nothing

struct ConnectionEntry {
  ConnectionKey key;
  std::shared_ptr<ClientConnection> connection;
};

// The open connections of a server. Any thread.
class ConnectionTable {
 public:
  ConnectionKey add(std::shared_ptr<ClientConnection> connection);
  std::shared_ptr<ClientConnection> find(ConnectionKey key) const;
  void remove(ConnectionKey key);

  std::vector<ConnectionEntry> all() const;
  std::vector<ConnectionEntry> expired(SteadyTime now) const;
  // The one between requests for the longest time; empty if none is.
  std::shared_ptr<ClientConnection> longest_idle(ConnectionKey& key) const;
  std::size_t size() const;
  // Waits until it is empty, at most `patience`; whether it is.
  bool wait_until_empty(Duration patience) const;

 private:
  mutable std::mutex mutex_;  // guards both below
  std::unordered_map<ConnectionKey, std::shared_ptr<ClientConnection>> connections_;
  ConnectionKey last_key_ = 0;
  mutable std::condition_variable emptied_;
};

}  // namespace coffer
