#pragma once

#include <string_view>

#include "vault/net/wiped_buffer.h"

namespace coffer {

// The chunked transfer coding (RFC 9112 §7.1), piece by piece. Extensions and trailer fields are
// dropped; their total length is bounded.
class ChunkedDecoder {
 public:
  enum class State { NeedsMore, Done, Malformed, TooLarge };

  explicit ChunkedDecoder(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  // Moves decoded bytes from the front of `input` to `body`. What follows the last chunk stays.
  State decode(WipedBuffer& input, WipedBuffer& body);

 private:
  enum class Part { Size, Data, DataEnd, Trailer, End };

  State take_line(WipedBuffer& input);
  bool read_line(std::string_view line);
  bool read_size(std::string_view line);
  bool charge(std::size_t bytes);

  std::size_t max_body_bytes_;
  std::size_t body_bytes_ = 0;
  std::size_t chunk_left_ = 0;
  std::size_t overhead_ = 0;
  Part part_ = Part::Size;
};

}  // namespace coffer
