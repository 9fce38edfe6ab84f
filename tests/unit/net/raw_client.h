#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/encoding.h"

namespace coffer::testing {

// What a raw client heard: parsed with no code of the server.
struct Heard {
  int status = 0;
  std::string head;
  std::string body;

  bool has(std::string_view line) const { return to_lower(head).find(to_lower(line)) != std::string::npos; }
};

// A client that sends exactly the bytes it is given. Every wait is bounded.
class RawClient {
 public:
  explicit RawClient(int port, std::string_view host = "127.0.0.1") {
    fd_ = ::socket(host == "::1" ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!connect_to(port, host)) throw std::runtime_error("cannot connect");
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False once the other side no longer takes bytes.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }

  // The next answer, or nullopt if the connection ended or nothing came in time.
  std::optional<Heard> hear(bool is_head = false) {
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    Heard heard;
    heard.head = input_.substr(0, end + 4);
    heard.status = std::stoi(heard.head.substr(9, 3));
    const std::size_t length = is_head ? 0 : length_of(heard.head);
    while (input_.size() < heard.head.size() + length) {
      if (!receive()) return std::nullopt;
    }
    heard.body = input_.substr(heard.head.size(), length);
    input_.erase(0, heard.head.size() + length);
    return heard;
  }
  // Waits for a head, and leaves it unread.
  bool hear_head() {
    while (input_.find("\r\n\r\n") == std::string::npos) {
      if (!receive()) return false;
    }
    return true;
  }
  int hear_status() {
    const auto heard = hear();
    return heard ? heard->status : 0;
  }

  // Whether the other side closes in time, with no further byte.
  bool is_closed() { return input_.empty() && !receive() && ended_; }
  bool was_reset() const { return was_reset_; }
  const std::string& unread() const { return input_; }

 private:
  bool connect_to(int port, std::string_view host) {
    if (host == "::1") {
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(static_cast<std::uint16_t>(port));
      address.sin6_addr = in6addr_loopback;
      return ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }

  static std::size_t length_of(const std::string& head) {
    const std::size_t at = to_lower(head).find("\r\ncontent-length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 18));
  }

  bool receive() {
    constexpr int kPatienceMs = 5000;
    pollfd wait{fd_, POLLIN, 0};
    if (::poll(&wait, 1, kPatienceMs) <= 0) return false;
    char chunk[16384];
    const ssize_t count = ::recv(fd_, chunk, sizeof chunk, 0);
    ended_ = count <= 0;
    was_reset_ = count < 0;
    if (count > 0) input_.append(chunk, static_cast<std::size_t>(count));
    return count > 0;
  }

  int fd_ = -1;
  std::string input_;
  bool ended_ = false;
  bool was_reset_ = false;
};

}  // namespace coffer::testing
