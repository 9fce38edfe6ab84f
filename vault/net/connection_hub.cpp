#include "vault/net/connection_hub.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cerrno>

#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr ConnectionKey kReleaseKey = 0;       // the table's keys begin at 1
constexpr std::size_t kTurnedAwayAtOnce = 64;  // connections above the limit that still hear why

SocketHandle checked(int fd) {
  if (fd < 0) throw Error(ErrorCode::Internal, "the system gives no more file descriptors");
  return SocketHandle(fd);
}

}  // namespace

ConnectionHub::ConnectionHub(ConnectionContext& context)
    : context_(context),
      events_(checked(epoll_create1(EPOLL_CLOEXEC))),
      release_bell_(checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))) {
  epoll_event event{};
  event.events = EPOLLIN;  // stays readable once rung: every thread sees it
  event.data.u64 = kReleaseKey;
  epoll_ctl(events_.get(), EPOLL_CTL_ADD, release_bell_.get(), &event);
}

void ConnectionHub::admit(AcceptedSocket accepted) {
  const bool is_full = table_.size() >= context_.limits.max_connections && !evict_idle();
  if (is_full && table_.size() >= context_.limits.max_connections + kTurnedAwayAtOnce) return;
  const auto connection =
      std::make_shared<ClientConnection>(std::move(accepted.socket), std::move(accepted.peer), context_);
  const std::lock_guard lock(connection->mutex);
  const ClientConnection::Wants wants = is_full ? connection->turn_away() : ClientConnection::Wants::Input;
  if (wants != ClientConnection::Wants::Close)
    watch(EPOLL_CTL_ADD, table_.add(connection), *connection, wants);
}

bool ConnectionHub::work(Duration patience) {
  epoll_event event{};
  const int count = epoll_wait(events_.get(), &event, 1, static_cast<int>(patience.count()));
  if (count < 0) return errno == EINTR;
  if (count == 0 || event.data.u64 == kReleaseKey) return false;
  if (const auto connection = table_.find(event.data.u64)) advance(event.data.u64, *connection);
  return true;
}

void ConnectionHub::release() {
  eventfd_write(release_bell_.get(), 1);
}

void ConnectionHub::advance(ConnectionKey key, ClientConnection& connection) {
  const std::lock_guard lock(connection.mutex);
  settle(key, connection, connection.advance());
}

void ConnectionHub::settle(ConnectionKey key, const ClientConnection& connection,
                           ClientConnection::Wants wants) {
  if (wants == ClientConnection::Wants::Close) return table_.remove(key);
  watch(EPOLL_CTL_MOD, key, connection, wants);
}

void ConnectionHub::watch(int operation, ConnectionKey key, const ClientConnection& connection,
                          ClientConnection::Wants wants) {
  epoll_event event{};
  event.events = (wants == ClientConnection::Wants::Input ? EPOLLIN : EPOLLOUT) | EPOLLONESHOT;
  event.data.u64 = key;
  epoll_ctl(events_.get(), operation, connection.fd(), &event);
}

void ConnectionHub::expire_overdue() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (const ConnectionEntry& entry : table_.expired(now)) {
    const std::unique_lock lock(entry.connection->mutex, std::try_to_lock);
    if (!lock || entry.connection->deadline() > now) continue;  // in a handler, or moved on just now
    settle(entry.key, *entry.connection, entry.connection->expire());
  }
}

bool ConnectionHub::evict_idle() {
  ConnectionKey key = 0;
  const auto connection = table_.longest_idle(key);
  if (!connection) return false;
  const std::unique_lock lock(connection->mutex, std::try_to_lock);
  if (!lock || !connection->is_idle()) return false;
  settle(key, *connection, connection->expire());
  return true;
}

bool ConnectionHub::close_idle(Duration patience) {
  for (const ConnectionEntry& entry : table_.all()) {
    const std::unique_lock lock(entry.connection->mutex, std::try_to_lock);
    if (!lock || entry.connection->close_unless_answering() != ClientConnection::Wants::Close) continue;
    table_.remove(entry.key);
  }
  return table_.wait_until_empty(patience);
}

void ConnectionHub::cut_all() {
  for (const ConnectionEntry& entry : table_.all()) entry.connection->cut();
}

}  // namespace coffer
