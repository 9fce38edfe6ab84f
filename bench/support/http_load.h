#pragma once

#include <string>

namespace coffer::bench {

// One keep-alive connection to a loopback port that asks the same thing over and over.
class KeepAliveClient {
 public:
  explicit KeepAliveClient(int port);
  ~KeepAliveClient();
  KeepAliveClient(const KeepAliveClient&) = delete;
  KeepAliveClient& operator=(const KeepAliveClient&) = delete;

  // Sends the request and reads one answer with a Content-Length. Returns the status.
  int exchange(const std::string& request);

 private:
  int fd_;
  std::string buffer_;
};

std::string get_request(int port, const std::string& path, const std::string& api_key);

}  // namespace coffer::bench
