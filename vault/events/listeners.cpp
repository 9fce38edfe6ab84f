#include "vault/events/listeners.h"

#include <algorithm>
#include <vector>

#include "vault/store/subscription_store.h"

namespace coffer::listeners {
namespace {

constexpr Duration kProbeTimeout = std::chrono::seconds(2);

bool is_gone(HttpClient& http, const Subscription& listener) {
  HttpRequest probe;
  probe.method = "POST";
  probe.url = listener.url;
  probe.timeout = kProbeTimeout;
  probe.once = true;
  probe.before_send = [] { return false; };
  return is_nobody_there(http.send(probe));
}

}  // namespace

bool is_nobody_there(const HttpResult& result) {
  const auto* failure = std::get_if<HttpFailure>(&result);
  return failure != nullptr && failure->kind == HttpFailure::Kind::Connect;
}

void end_gone(const Env& env, Database& database) {
  std::vector<Subscription> listeners = subscription_store::list(*database.read(), true);
  std::erase_if(listeners,
                [&](const Subscription& one) { return !one.is_hidden || !is_gone(env.http, one); });
  if (listeners.empty()) return;
  const auto tx = database.write();
  for (const Subscription& listener : listeners) {
    subscription_store::remove(*tx, listener.id);
    env.log.info("listener_gone", {{"subscription", listener.id.str()}});
  }
  tx->commit();
}

}  // namespace coffer::listeners
