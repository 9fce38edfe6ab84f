#include "vault/net/chunked_decoder.h"

#include <algorithm>
#include <charconv>

#include "vault/net/http_syntax.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxLine = 256;
constexpr std::size_t kMaxSizeDigits = 8;
constexpr std::size_t kMaxOverhead = 4096;  // extensions and trailers of one body

}  // namespace

ChunkedDecoder::State ChunkedDecoder::decode(WipedBuffer& input, WipedBuffer& body) {
  while (part_ != Part::End) {
    if (part_ != Part::Data) {
      const State state = take_line(input);
      if (state != State::Done) return state;
      if (part_ == Part::Data && chunk_left_ > max_body_bytes_ - body_bytes_) return State::TooLarge;
      continue;
    }
    const std::size_t count = std::min(chunk_left_, input.size());
    if (count == 0) return State::NeedsMore;
    body.append(input.view().substr(0, count));
    input.consume(count);
    body_bytes_ += count;
    chunk_left_ -= count;
    if (chunk_left_ == 0) part_ = Part::DataEnd;
  }
  return State::Done;
}

ChunkedDecoder::State ChunkedDecoder::take_line(WipedBuffer& input) {
  const std::string_view text = input.view();
  const std::size_t end = text.find_first_of("\r\n");
  if (std::min(end, text.size()) > kMaxLine) return State::Malformed;
  if (end == std::string_view::npos || (text[end] == '\r' && end + 1 == text.size())) return State::NeedsMore;
  if (text.substr(end, 2) != "\r\n" || !read_line(text.substr(0, end))) return State::Malformed;
  input.consume(end + 2);
  return State::Done;
}

bool ChunkedDecoder::read_line(std::string_view line) {
  switch (part_) {
    case Part::Size:
      return read_size(line);
    case Part::DataEnd:
      part_ = Part::Size;
      return line.empty();
    case Part::Trailer:
      if (line.empty()) part_ = Part::End;
      return is_field_value(line) && charge(line.size());
    case Part::Data:
    case Part::End:
      break;
  }
  return false;
}

bool ChunkedDecoder::read_size(std::string_view line) {
  const std::size_t digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
  const std::string_view extension = line.substr(digits);
  if (digits == 0 || digits > kMaxSizeDigits || !is_field_value(extension)) return false;
  if (!extension.empty() && !trim_spaces(extension).starts_with(';')) return false;
  std::from_chars(line.data(), line.data() + digits, chunk_left_, 16);
  part_ = chunk_left_ == 0 ? Part::Trailer : Part::Data;
  return charge(extension.size());
}

bool ChunkedDecoder::charge(std::size_t bytes) {
  overhead_ += bytes;
  return overhead_ <= kMaxOverhead;
}

}  // namespace coffer
