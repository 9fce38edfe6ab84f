#pragma once

#include <curl/curl.h>

#include <atomic>
#include <exception>
#include <functional>
#include <string>

#include "vault/base/http.h"
#include "vault/net/http_client.h"
#include "vault/net/wiped_buffer.h"

namespace coffer {

// One request over one curl handle: sets the options, runs, says what came of it. The handle must
// be fresh or reset; options that point into this object are dead once it is gone.
class CurlTransfer {
 public:
  CurlTransfer(CURL* handle, const HttpRequest& request, const OutboundPolicy& policy,
               const std::atomic<bool>* is_cut_off);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // Rethrows what `before_send` threw; nothing was sent then.
  HttpResult run();

 private:
  bool guarded(const std::function<bool()>& callback);
  void set_transport();
  void set_limits();
  void set_message();
  void set_method();
  void set_callbacks();
  void add_header(const std::string& line);

  bool is_cut_off() const { return is_cut_off_ != nullptr && *is_cut_off_; }
  bool on_before_request();
  bool on_header(std::string_view line);
  bool on_body(std::string_view bytes);
  curl_socket_t on_open_socket(const curl_sockaddr& address);

  bool is_answered(CURLcode code) const;
  long status() const;
  HttpResult succeed();
  HttpFailure fail(CURLcode code) const;
  HttpFailure::Kind kind_of(CURLcode code) const;

  CURL* handle_;
  const HttpRequest& request_;
  const OutboundPolicy& policy_;
  const std::atomic<bool>* const is_cut_off_;
  const bool is_plain_;
  curl_slist* headers_ = nullptr;
  HttpHeaders response_headers_;
  WipedBuffer body_;
  std::size_t header_bytes_ = 0;
  bool has_whole_head_ = false;
  int ready_count_ = 0;  // how often curl was about to write the request
  bool was_sent_ = false;
  bool was_refused_ = false;
  bool broke_policy_ = false;
  bool is_too_large_ = false;
  std::exception_ptr thrown_;  // by a callback: must not pass through curl's frames
};

}  // namespace coffer
