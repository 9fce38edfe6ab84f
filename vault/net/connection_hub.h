#pragma once

#include "vault/net/connection_table.h"
#include "vault/net/listener.h"

namespace coffer {

// The open connections and the events of their sockets. A connection that waits costs no thread:
// whichever thread calls work() next takes the next event. Any thread.
class ConnectionHub {
 public:
  // Throws Error{Internal} if the system gives no descriptors. `context` outlives this.
  explicit ConnectionHub(ConnectionContext& context);

  // Takes in a new client. Above the limit it takes the place of the longest idle one, or hears 503.
  void admit(AcceptedSocket accepted);
  // Waits for one event, at most `patience` (negative: for ever), and does what it asks for. False
  // if none came, and after release().
  bool work(Duration patience);
  // From now on work() does not wait.
  void release();

  void expire_overdue();
  // Closes the longest idle connection; false if none is idle.
  bool evict_idle();
  // Closes all that have no answer on its way. True when none is left within `patience`.
  bool close_idle(Duration patience);
  // Cuts the rest, so that whoever waits for them is done.
  void cut_all();

  std::size_t size() const { return table_.size(); }

 private:
  void advance(ConnectionKey key, ClientConnection& connection);
  void settle(ConnectionKey key, const ClientConnection& connection, ClientConnection::Wants wants);
  void watch(int operation, ConnectionKey key, const ClientConnection& connection,
             ClientConnection::Wants wants);

  ConnectionContext& context_;
  SocketHandle events_;
  SocketHandle release_bell_;
  ConnectionTable table_;
};

}  // namespace coffer
