#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/background_loop.h"
#include "vault/base/env.h"
#include "vault/catalog/catalog.h"
#include "vault/catalog/tool_search.h"
#include "vault/connect/connector.h"
#include "vault/engine/housekeeper.h"
#include "vault/events/dispatcher.h"
#include "vault/net/host_bound.h"
#include "vault/refresh/refresher.h"
#include "vault/store/connection_store.h"
#include "vault/store/database.h"
#include "vault/tools/executor.h"

namespace coffer {

struct EngineOptions {
  VaultLocation location;
  CatalogOptions catalog;
  // OAuth clients for managed auth configs, by toolkit slug.
  std::map<std::string, ClientCredentials> managed_clients;
  // scheme://host[:port] that browsers reach us by; base of links and redirect URIs.
  std::string public_url;
};

// Everything a vault consists of, built in order and owned in one place. Any thread.
class Engine {
 public:
  Engine(Env env, EngineOptions options);
  ~Engine();  // stop()

  // Recovery, then the background threads. Without it everything works on demand only.
  void start();
  // Token requests in flight end and are stored.
  void stop();

  // Its network is for threads that serve a caller: what it sends is bounded per service and in all.
  const Env& env() const { return env_; }
  Database& database() { return *database_; }
  const Catalog& catalog() const { return catalog_; }
  const ToolSearch& tool_search() const { return tool_search_; }
  Connector& connector() { return *connector_; }
  Refresher& refresher() { return *refresher_; }
  Executor& executor() { return *executor_; }
  Dispatcher& dispatcher() { return *dispatcher_; }

  std::string public_url() const;
  void set_public_url(std::string url);
  std::string link_url(const Secret& link_token) const;

  // True if a managed auth config can exist: a key scheme, or a client is at hand.
  bool has_managed_auth(const Toolkit& toolkit) const;
  // The way of authenticating that managed auth uses; null: none.
  const AuthMode* managed_mode(const Toolkit& toolkit) const;
  // The toolkit's managed default, made on first use. Throws NotFound (toolkit) and
  // InvalidArgument where no client is configured; the hint says how to configure one.
  AuthConfig managed_auth_config(const std::string& toolkit);

  // Raw credential for a caller that was given the right to it; refreshed if need be, audited.
  connection_store::Opened lease(const ConnectionId& id);

  // Returns when an account was connected, at the latest after `at_most` of real time.
  void wait_for_change(Duration at_most);
  // The same for a thread that serves a request. `seen` is what change_count() said before the
  // caller looked, so that nothing is missed in between. False at once while many others wait like
  // this, and when the waits are ended: then there is no use in waiting on.
  bool wait_in_request(std::uint64_t seen, Duration at_most);
  std::uint64_t change_count() const;
  // Lets the requests that wait now go, before a server stops.
  void end_request_waits();

  // "pr_..." and "ok_...": fixed for the life of the vault file.
  std::string project_id() const;
  std::string organization_id() const;

  // Held by whoever moves the clock from one due thing to the next (time_travel.h).
  std::mutex& travelling() { return travelling_; }

  // One round of everything that is due now: refreshes, links, deliveries. Returns when the next
  // thing is due.
  std::optional<Timestamp> run_due();

 private:
  Connector::Hooks connector_hooks(HttpClient& http);
  void adopt_managed_clients();
  void note_change();
  std::optional<Timestamp> expire_links();

  HostBound bound_;
  BoundedHttp bounded_http_;
  Env env_;
  std::mutex travelling_;  // guards nothing here
  std::map<std::string, ClientCredentials> managed_clients_;
  mutable std::mutex mutex_;  // guards what follows, up to catalog_
  std::condition_variable connected_;
  std::string public_url_;
  std::uint64_t changes_ = 0;
  std::uint64_t ended_waits_ = 0;
  int request_waits_ = 0;
  Catalog catalog_;
  ToolSearch tool_search_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Refresher> refresher_;
  std::unique_ptr<Connector> connector_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<BackgroundLoop> link_loop_;
  std::unique_ptr<Housekeeper> housekeeper_;
};

}  // namespace coffer
