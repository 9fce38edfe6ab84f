#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "vault/base/error.h"
#include "vault/base/http.h"

namespace coffer {

// How many threads may wait at once for one outside origin, and for all of them together: a service
// that hangs must not hold every thread that serves requests. Any thread; outlives its places.
class HostBound {
 public:
  struct Limits {
    int per_origin = 96;
    int in_all = 128;
  };

  // Room for one thread, until it is destroyed.
  class Place {
   public:
    Place(HostBound& bound, std::string origin) : bound_(&bound), origin_(std::move(origin)) {}
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    HostBound* bound_;
    std::string origin_;
  };

  HostBound() : HostBound(Limits{}) {}
  explicit HostBound(Limits limits) : limits_(limits) {}

  // Never waits. nullopt: there is no room.
  std::optional<Place> try_enter(const std::string& url);
  // Throws Unavailable that names the origin.
  Place enter(const std::string& url);

 private:
  void leave(const std::string& origin);

  const Limits limits_;
  std::mutex mutex_;  // guards what follows
  std::map<std::string, int> waiting_;
  int waiting_in_all_ = 0;
};

// "too many requests wait for https://api.example.com already".
std::string too_many_requests(const std::string& url);

// Sends while there is room; else send() throws Unavailable before anything was sent.
class BoundedHttp final : public HttpClient {
 public:
  BoundedHttp(HttpClient& inner, HostBound& bound) : inner_(inner), bound_(bound) {}
  HttpResult send(const HttpRequest& request) override;

 private:
  HttpClient& inner_;
  HostBound& bound_;
};

// Holds one place for as long as it lives: for requests that must not be refused half way.
class ReservedHttp final : public HttpClient {
 public:
  // Throws Unavailable where there is no room.
  ReservedHttp(HttpClient& inner, HostBound& bound, const std::string& url)
      : inner_(inner), place_(bound.enter(url)) {}
  HttpResult send(const HttpRequest& request) override { return inner_.send(request); }

 private:
  HttpClient& inner_;
  const HostBound::Place place_;
};

}  // namespace coffer
