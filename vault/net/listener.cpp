#include "vault/net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr int kBacklog = 1024;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

std::optional<Address> parse_address(const std::string& host, int port) {
  Address address;
  if (inet_pton(AF_INET, host.c_str(), &address.v4().sin_addr) == 1) {
    address.v4().sin_family = AF_INET;
    address.v4().sin_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof(sockaddr_in);
    return address;
  }
  if (inet_pton(AF_INET6, host.c_str(), &address.v6().sin6_addr) == 1) {
    address.v6().sin6_family = AF_INET6;
    address.v6().sin6_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof(sockaddr_in6);
    return address;
  }
  return std::nullopt;
}

void switch_on(int fd, int level, int option) {
  const int on = 1;
  setsockopt(fd, level, option, &on, sizeof on);
}

// An invalid handle with errno set, if it cannot be had. No SO_REUSEPORT: two daemons would share
// the port without noticing.
SocketHandle listen_on(Address address) {
  SocketHandle socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return socket;
  switch_on(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  if (address.storage.ss_family == AF_INET6) switch_on(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  if (::bind(socket.get(), address.get(), address.size) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    const int reason = errno;
    socket.reset();
    errno = reason;
  }
  return socket;
}

int port_of(const SocketHandle& socket) {
  Address address;
  address.size = sizeof address.storage;
  getsockname(socket.get(), address.get(), &address.size);
  return ntohs(address.storage.ss_family == AF_INET6 ? address.v6().sin6_port : address.v4().sin_port);
}

[[noreturn]] void fail_to_bind(const BindAddress& address, int reason) {
  const std::string where = address.host + " port " + std::to_string(address.port);
  if (reason == EADDRINUSE) {
    throw Error(ErrorCode::Conflict, where + " is taken", "stop the other program or choose another port");
  }
  if (reason == EACCES)
    throw Error(ErrorCode::Forbidden, where + " needs a privilege", "choose a port above 1023");
  throw Error(ErrorCode::InvalidArgument, "cannot listen on " + where + ": " + std::strerror(reason));
}

std::string peer_name(Address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  const bool is_v6 = address.storage.ss_family == AF_INET6;
  const void* source = is_v6 ? static_cast<const void*>(&address.v6().sin6_addr) : &address.v4().sin_addr;
  inet_ntop(address.storage.ss_family, source, text, sizeof text);
  return text;
}

}  // namespace

Listener::Listener(const BindAddress& address) {
  const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
  const auto parsed = parse_address(host, address.port);
  if (!parsed || address.port < 0 || address.port > 65535) {
    throw Error(ErrorCode::InvalidArgument,
                "cannot listen on " + address.host + " port " + std::to_string(address.port),
                "use a numeric address such as 127.0.0.1 and a port below 65536");
  }
  SocketHandle first = listen_on(*parsed);
  if (!first.is_open()) fail_to_bind(address, errno);
  port_ = port_of(first);
  host_ = parsed->storage.ss_family == AF_INET6 ? "[" + host + "]" : host;
  sockets_.push_back(std::move(first));
  if (host != "127.0.0.1") return;
  // "localhost" may mean either one to a client.
  if (SocketHandle second = listen_on(*parse_address("::1", port_)); second.is_open()) {
    sockets_.push_back(std::move(second));
  }
}

Listener::Outcome Listener::accept(const SocketHandle& socket, AcceptedSocket& out) {
  Address address;
  address.size = sizeof address.storage;
  const int fd = ::accept4(socket.get(), address.get(), &address.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return exhausted ? Outcome::NoDescriptors : Outcome::NothingWaits;
  }
  out.socket = SocketHandle(fd);
  switch_on(fd, IPPROTO_TCP, TCP_NODELAY);
  out.peer = peer_name(address);
  return Outcome::Taken;
}

}  // namespace coffer
