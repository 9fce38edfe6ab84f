#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "vault/base/http.h"
#include "vault/net/socket_handle.h"

namespace coffer::testing {

using Sent = HttpFailure::Sent;
using Kind = HttpFailure::Kind;

inline HttpRequest request_to(std::string url, std::string method = "GET", std::string body = {}) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.body = std::move(body);
  request.timeout = std::chrono::seconds(5);
  return request;
}

inline HttpResponse expect_answer(HttpResult result) {
  if (const auto* failure = std::get_if<HttpFailure>(&result)) FAIL(failure->detail);
  return std::move(std::get<HttpResponse>(result));
}

inline HttpFailure expect_failure(HttpResult result) {
  REQUIRE(std::holds_alternative<HttpFailure>(result));
  return std::get<HttpFailure>(result);
}

inline void check_failure(const HttpFailure& failure, Sent sent, Kind kind) {
  CAPTURE(failure.detail);
  CHECK(failure.sent == sent);
  CHECK(failure.kind == kind);
}

// A server that reads one request per connection and does with it what a test wants, byte for byte.
class RawServer {
 public:
  enum class After { Close, Hold };  // Hold: connections stay open until the server ends

  explicit RawServer(std::vector<std::string> answers, After after = After::Close)
      : answers_(std::move(answers)), after_(after) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  std::string port() const { return std::to_string(port_); }
  std::string heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  int connections() const { return connections_; }

 private:
  void run() {
    for (const std::string& answer : answers_) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      ++connections_;
      const timeval patience{5, 0};
      setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      char chunk[4096];
      const ssize_t count = ::recv(client, chunk, sizeof chunk, 0);
      if (count > 0) {
        const std::lock_guard lock(mutex_);
        heard_.append(chunk, static_cast<std::size_t>(count));
      }
      ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      SocketHandle held(client);
      if (after_ == After::Hold) held_.push_back(std::move(held));
    }
  }

  std::vector<std::string> answers_;
  const After after_;
  std::vector<SocketHandle> held_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;  // guards heard_
  std::string heard_;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace coffer::testing
