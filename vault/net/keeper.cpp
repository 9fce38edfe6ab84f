#include "vault/net/keeper.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>

#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr Duration kLookAgain = std::chrono::milliseconds(5);
constexpr Duration kForEver{-1};

// Often enough to keep the shortest of the limits.
Duration tick_for(const ServerLimits& limits) {
  const Duration shortest = std::min({limits.head_timeout, limits.body_timeout, limits.idle_timeout});
  return std::clamp(shortest / 4, Duration(10), Duration(1000));
}

}  // namespace

Keeper::Keeper(Listener& listener, ConnectionHub& hub, const ServerLimits& limits)
    : listener_(listener), hub_(hub), tick_(tick_for(limits)), bell_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!bell_.is_open()) throw Error(ErrorCode::Internal, "the system gives no more file descriptors");
}

Keeper::~Keeper() {
  stop();
}

void Keeper::start(WorkerPool& pool) {
  thread_ = std::thread([this, &pool] { run(pool); });
}

void Keeper::stop() {
  is_stopping_ = true;
  eventfd_write(bell_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

void Keeper::poke() {
  if (!is_poked_.exchange(true)) eventfd_write(bell_.get(), 1);
}

// A poke is looked at a moment after it came: by then a busy pool has moved on, a blocked one has
// not. Until then no further poke rings.
void Keeper::run(WorkerPool& pool) {
  auto next_look = SteadyClock::now();
  while (!is_stopping_) {
    wait_for_clients(patience());
    const auto now = SteadyClock::now();
    if (is_poked_ && now >= next_look) {
      is_poked_ = false;
      if (pool.relieve()) is_poked_ = true;
      next_look = now + kLookAgain;
    }
    if (now < next_expiry_) continue;
    hub_.expire_overdue();
    next_expiry_ = now + tick_;
  }
}

Duration Keeper::patience() const {
  if (is_poked_ || !accepts_) return kLookAgain;
  return hub_.size() > 0 ? tick_ : kForEver;
}

void Keeper::wait_for_clients(Duration patience) {
  std::vector<pollfd> waits = {{bell_.get(), POLLIN, 0}};
  if (accepts_) {
    for (const SocketHandle& socket : listener_.sockets()) waits.push_back({socket.get(), POLLIN, 0});
  }
  ::poll(waits.data(), waits.size(), static_cast<int>(patience.count()));
  eventfd_t rings = 0;
  if (waits[0].revents != 0) eventfd_read(bell_.get(), &rings);
  accepts_ = true;
  for (std::size_t i = 1; i < waits.size(); ++i) {
    if (waits[i].revents != 0) accept_from(listener_.sockets()[i - 1]);
  }
}

void Keeper::accept_from(const SocketHandle& socket) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    AcceptedSocket accepted;
    switch (Listener::accept(socket, accepted)) {
      case Listener::Outcome::Taken:
        hub_.admit(std::move(accepted));
        break;
      case Listener::Outcome::NothingWaits:
        return;
      case Listener::Outcome::NoDescriptors:
        accepts_ = hub_.evict_idle();
        return;
    }
  }
}

}  // namespace coffer
