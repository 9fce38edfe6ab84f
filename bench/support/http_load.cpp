#include "bench/support/http_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace coffer::bench {

KeepAliveClient::KeepAliveClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the server under measurement");
  }
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

KeepAliveClient::~KeepAliveClient() {
  ::close(fd_);
}

int KeepAliveClient::exchange(const std::string& request) {
  if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    throw std::runtime_error("send failed");
  }
  std::size_t head_end = std::string::npos;
  std::size_t total = 0;
  char chunk[16384];
  while (total == 0 || buffer_.size() < total) {
    const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
    if (got <= 0) throw std::runtime_error("the server closed the connection");
    buffer_.append(chunk, static_cast<std::size_t>(got));
    if (head_end == std::string::npos && (head_end = buffer_.find("\r\n\r\n")) != std::string::npos) {
      const std::size_t at = buffer_.find("Content-Length: ");
      if (at == std::string::npos || at > head_end) throw std::runtime_error("answer without Content-Length");
      total = head_end + 4 + std::stoul(buffer_.substr(at + 16));
    }
  }
  const int status = std::stoi(buffer_.substr(9, 3));
  buffer_.erase(0, total);
  return status;
}

std::string get_request(int port, const std::string& path, const std::string& api_key) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
  if (!api_key.empty()) request += "x-api-key: " + api_key + "\r\n";
  return request + "Accept: application/json\r\n\r\n";
}

}  // namespace coffer::bench
