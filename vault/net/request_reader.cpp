#include "vault/net/request_reader.h"

#include <algorithm>

namespace coffer {
namespace {

struct HeadScan {
  enum class Found { Nothing, End, Fault } found = Found::Nothing;
  std::size_t position = 0;  // of the end, or how far was looked
};

// Looks for the blank line. A byte that no head may hold is found at once, so that a client which
// ends its lines with LF alone, or speaks TLS, is not left waiting.
HeadScan scan_head(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool after_cr = i > 0 && text[i - 1] == '\r';
    if (after_cr != (byte == '\n')) return {HeadScan::Found::Fault, i};
    if (byte == '\n' && i >= 3 && text[i - 2] == '\n') return {HeadScan::Found::End, i + 1};
    if ((byte < 0x20 && byte != '\r' && byte != '\n' && byte != '\t') || byte == 0x7F) {
      return {HeadScan::Found::Fault, i};
    }
  }
  return {HeadScan::Found::Nothing, text.size()};
}

}  // namespace

RequestReader::State RequestReader::refuse(Refusal refusal) {
  refusal_ = refusal;
  keeps_alive_ = false;
  return state_ = State::Refused;
}

void RequestReader::abandon() {
  input_.clear();
  body_.clear();
}

RequestReader::State RequestReader::advance() {
  if (state_ == State::Ready || state_ == State::Refused) return state_;
  return state_ = state_ == State::InBody ? read_body() : read_head();
}

// RFC 9112 §2.2: an empty line before the request line is ignored; one, not any number.
void RequestReader::skip_empty_line() {
  if (!between_requests_ || input_.size() < 2) return;
  between_requests_ = false;
  if (!input_.view().starts_with("\r\n")) return;
  input_.consume(2);
  scanned_ = 0;
}

RequestReader::State RequestReader::read_head() {
  skip_empty_line();
  if (input_.empty()) return State::Empty;
  const HeadScan scan = scan_head(input_.view(), scanned_);
  scanned_ = scan.position;
  if (scan.found == HeadScan::Found::Fault) return refuse({400, "the head holds a stray control character"});
  if (scanned_ > limits_.max_head_bytes) return refuse({431, "the head is too large"});
  if (scan.found == HeadScan::Found::Nothing) return State::InHead;
  return accept_head(input_.view().substr(0, scanned_));
}

RequestReader::State RequestReader::accept_head(std::string_view text) {
  auto parsed = parse_head(text, limits_.head);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) return refuse(*refusal);
  head_ = std::move(std::get<RequestHead>(parsed));
  input_.consume(scanned_);
  scanned_ = 0;
  if (head_->framing == BodyFraming::Chunked) chunks_.emplace(limits_.head.max_body_bytes);
  return state_ = read_body();
}

RequestReader::State RequestReader::read_body() {
  switch (head_->framing) {
    case BodyFraming::None:
      return State::Ready;
    case BodyFraming::Chunked:
      return read_chunks();
    case BodyFraming::Sized:
      break;
  }
  const std::size_t count = std::min(head_->content_length - body_.size(), input_.size());
  body_.append(input_.view().substr(0, count));
  input_.consume(count);
  return body_.size() == head_->content_length ? State::Ready : State::InBody;
}

RequestReader::State RequestReader::read_chunks() {
  switch (chunks_->decode(input_, body_)) {
    case ChunkedDecoder::State::NeedsMore:
      return State::InBody;
    case ChunkedDecoder::State::Done:
      return State::Ready;
    case ChunkedDecoder::State::Malformed:
      return refuse({400, "the chunked body is malformed"});
    case ChunkedDecoder::State::TooLarge:
      return refuse({413, "the body is too large"});
  }
  return State::InBody;
}

bool RequestReader::take_continue() {
  if (state_ != State::InBody || !head_->expects_continue || buffered_bytes() != 0) return false;
  head_->expects_continue = false;
  return true;
}

ServerRequest RequestReader::begun() const {
  ServerRequest request;
  if (head_) {
    request.method = head_->method;
    request.path = head_->target.path();
    return request;
  }
  const std::string_view line = input_.view().substr(0, input_.view().find('\r'));
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return request;
  request.method = line.substr(0, space);
  const std::string_view rest = line.substr(space + 1);
  if (const auto target = parse_target(rest.substr(0, rest.find(' ')))) request.path = target->path();
  return request;
}

ServerRequest RequestReader::take() {
  ServerRequest request;
  // Many servers drop the body of a GET. Closing makes sure that both sides agree where it ends.
  const bool is_odd =
      head_->framing != BodyFraming::None && (head_->method == "GET" || head_->method == "HEAD");
  keeps_alive_ = head_->keeps_alive && !is_odd;
  request.method = std::move(head_->method);
  request.path = head_->target.path();
  request.target = std::move(head_->raw_target);
  request.query = std::move(head_->target.query);
  request.headers = std::move(head_->headers);
  request.body = body_.take();
  head_.reset();
  chunks_.reset();
  between_requests_ = true;
  state_ = State::Empty;
  return request;
}

}  // namespace coffer
