#pragma once

#include <optional>
#include <string_view>

#include "vault/net/chunked_decoder.h"
#include "vault/net/request_head.h"
#include "vault/net/router.h"
#include "vault/net/wiped_buffer.h"

namespace coffer {

struct ReaderLimits {
  std::size_t max_head_bytes = 16 << 10;
  HeadLimits head;
};

// Turns the bytes of one connection into requests, however they were cut into segments. Knows no
// socket and no time. Thread: as any value.
class RequestReader {
 public:
  enum class State {
    Empty,    // between requests
    InHead,   // a head has begun
    InBody,   // the head is complete and good
    Ready,    // take() gives the request
    Refused,  // refusal() says why; final
  };

  explicit RequestReader(ReaderLimits limits) : limits_(limits) {}

  void append(std::string_view bytes) { input_.append(bytes); }
  State advance();

  // Only in Ready. Bytes behind the request stay for the next one.
  ServerRequest take();
  // Whether the connection may serve another request after the one last taken.
  bool keeps_alive() const { return keeps_alive_; }
  // True once per request whose client waits for "100 Continue" before it sends the body.
  bool take_continue();

  // Method and path of the request that is being read, as far as they are known; nothing else of it.
  // After a refusal too, until abandon().
  ServerRequest begun() const;
  // For a connection that serves no more: wipes and frees what it holds.
  void abandon();

  const Refusal& refusal() const { return refusal_; }
  std::size_t buffered_bytes() const { return input_.size() + body_.size(); }

 private:
  State refuse(Refusal refusal);
  void skip_empty_line();
  State read_head();
  State accept_head(std::string_view text);
  State read_body();
  State read_chunks();

  ReaderLimits limits_;
  WipedBuffer input_;
  WipedBuffer body_;
  std::size_t scanned_ = 0;  // bytes of input_ already searched for the end of the head
  bool between_requests_ = true;
  std::optional<RequestHead> head_;
  std::optional<ChunkedDecoder> chunks_;
  State state_ = State::Empty;
  Refusal refusal_;
  bool keeps_alive_ = true;
};

}  // namespace coffer
