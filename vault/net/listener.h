#pragma once

#include <string>
#include <vector>

#include "vault/net/http_server.h"
#include "vault/net/socket_handle.h"

namespace coffer {

struct AcceptedSocket {
  SocketHandle socket;  // non-blocking, no delay
  std::string peer;
};

// The listening sockets of one port: one, or both loopbacks.
class Listener {
 public:
  // Throws Error{Conflict} if the port is taken, Error{InvalidArgument} for a host that is not an
  // address of this machine.
  explicit Listener(const BindAddress& address);

  enum class Outcome { Taken, NothingWaits, NoDescriptors };
  // Takes one waiting connection off `socket`, which is one of sockets().
  static Outcome accept(const SocketHandle& socket, AcceptedSocket& out);

  const std::vector<SocketHandle>& sockets() const { return sockets_; }
  void close() { sockets_.clear(); }
  int port() const { return port_; }
  const std::string& host() const { return host_; }  // numeric, IPv6 in brackets
  // False if [::1] could not be had beside 127.0.0.1: no IPv6 here, or the port is taken there.
  bool covers_intended_addresses() const { return host_ != "127.0.0.1" || sockets_.size() == 2; }

 private:
  std::vector<SocketHandle> sockets_;
  std::string host_;
  int port_ = 0;
};

}  // namespace coffer
