#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include "tests/unit/net/raw_client.h"
#include "vault/base/error.h"
#include "vault/net/http_server.h"

namespace coffer::testing {

// A running front whose handler tells what it understood: "METHOD target|body".
struct EchoServer {
  explicit EchoServer(ServerLimits limits = {}) : server({}, handler(), on_error(), random, log(), limits) {
    server.start();
  }

  static std::string describe(const ServerRequest& request) {
    return request.method + " " + request.target + "|" + request.body;
  }
  ServerHandler handler() {
    return [this](ServerRequest& request) {
      ++handled;
      return ServerResponse::text(200, describe(request));
    };
  }
  static std::function<ServerResponse(const ServerRequest&, const std::exception&)> on_error() {
    return [](const ServerRequest&, const std::exception&) { return ServerResponse::text(500, "failed\n"); };
  }
  static Log& log() { return null_log(); }

  // What one client that sends these bytes, and nothing else, is answered: the statuses in order.
  std::vector<int> statuses_of(std::string_view bytes, std::size_t at_most = 4) const {
    RawClient client(server.port());
    client.send(bytes);
    client.end_sending();
    std::vector<int> statuses;
    while (statuses.size() < at_most) {
      const auto heard = client.hear();
      if (!heard) break;
      statuses.push_back(heard->status);
    }
    return statuses;
  }

  SystemRandom random;
  std::atomic<int> handled{0};
  HttpServer server;
};

// Two sides wait here for each other; nobody waits for ever.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  bool wait(Duration patience = std::chrono::seconds(5)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;  // guards is_open_
  std::condition_variable changed_;
  bool is_open_ = false;
};

// How many threads are inside, and a way to wait for a number of them.
class Counter {
 public:
  void add(int by) {
    const std::lock_guard lock(mutex_);
    value_ += by;
    changed_.notify_all();
  }
  bool wait_for(int value, Duration patience = std::chrono::seconds(5)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return value_ >= value; });
  }

 private:
  std::mutex mutex_;  // guards value_
  std::condition_variable changed_;
  int value_ = 0;
};

inline std::string get(std::string_view target, std::string_view more_headers = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more_headers) +
         "\r\n";
}

inline std::string post(std::string_view headers, std::string_view body) {
  return "POST /p HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace coffer::testing
