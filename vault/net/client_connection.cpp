#include "vault/net/client_connection.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "vault/base/secret.h"
#include "vault/net/response_writer.h"

namespace coffer {
namespace {

constexpr int kRequestsPerTurn = 32;          // then other connections get their turn
constexpr std::size_t kMaxDrained = 8 << 20;  // of a body that was refused
constexpr Duration kDrainTime = std::chrono::seconds(2);

ReaderLimits reader_limits(const ServerLimits& limits) {
  return {limits.max_head_bytes, {limits.max_headers, limits.max_body_bytes}};
}

}  // namespace

bool BufferBudget::resize(std::size_t held, std::size_t wanted) {
  if (wanted <= held) {
    used_ -= held - wanted;
    return true;
  }
  const std::size_t more = wanted - held;
  if (used_.fetch_add(more) + more <= limit_) return true;
  used_ -= more;
  return false;
}

ClientConnection::ClientConnection(SocketHandle socket, std::string peer, ConnectionContext& context)
    : context_(context),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      reader_(reader_limits(context.limits)) {
  set_deadline(context_.limits.idle_timeout);
}

ClientConnection::~ClientConnection() {
  context_.budget.resize(held_, 0);
  wipe(output_);
}

void ClientConnection::set_deadline(Duration from_now) {
  deadline_.store(std::chrono::steady_clock::now() + from_now, std::memory_order_relaxed);
}

ClientConnection::Wants ClientConnection::advance() {
  switch (phase_) {
    case Phase::Reading:
      return read_requests();
    case Phase::Writing:
      return write_out();
    case Phase::Draining:
      return drain();
    case Phase::Closed:
      break;
  }
  return Wants::Close;
}

ClientConnection::Wants ClientConnection::read_requests() {
  for (int turn = 0; turn < kRequestsPerTurn; ++turn) {
    const RequestReader::State state = reader_.advance();
    follow(state);
    if (state == RequestReader::State::Refused) return refuse(reader_.refusal());
    if (state == RequestReader::State::Ready) {
      const Wants wants = serve(reader_.take());
      if (phase_ != Phase::Reading) return wants;
      continue;
    }
    if (reader_.take_continue()) send_now("HTTP/1.1 100 Continue\r\n\r\n");
    if (turn > 0 && state == RequestReader::State::Empty) return Wants::Input;
    const Io io = receive();
    if (io == Io::Ended) return close();
    if (io == Io::WouldBlock) return Wants::Input;
    if (!context_.budget.resize(held_, reader_.buffered_bytes()))
      return refuse({503, "too many requests at once"});
    held_ = reader_.buffered_bytes();
  }
  return Wants::Output;  // there may be more in the buffer, which no event of the socket would tell
}

// A deadline spans the whole head, and then the whole body: a byte now and then buys no time.
void ClientConnection::follow(RequestReader::State state) {
  if (state == last_state_) return;
  last_state_ = state;
  is_idle_.store(state == RequestReader::State::Empty, std::memory_order_relaxed);
  switch (state) {
    case RequestReader::State::Empty:
      return set_deadline(context_.limits.idle_timeout);
    case RequestReader::State::InHead:
      return set_deadline(context_.limits.head_timeout);
    case RequestReader::State::InBody:
      return set_deadline(context_.limits.body_timeout);
    case RequestReader::State::Ready:
    case RequestReader::State::Refused:
      return;
  }
}

ClientConnection::Wants ClientConnection::serve(ServerRequest request) {
  give_back_share();
  request.peer = peer_;
  request.request_id = context_.new_request_id();
  ServerResponse response = context_.answer(request);
  const bool closes = !reader_.keeps_alive() || context_.stopping;
  std::string wire = write_response(response, {!closes, request.method == "HEAD", request.request_id});
  if (response.sabotage != Sabotage::None) return sabotage(response, wire);
  wipe(response.body);  // the wire text is wiped when it has left
  return begin_answer(std::move(wire), closes);
}

ClientConnection::Wants ClientConnection::refuse(const Refusal& refusal) {
  ServerRequest request = reader_.begun();
  reader_.abandon();
  give_back_share();
  request.peer = peer_;
  request.request_id = context_.new_request_id();
  const ServerResponse response = context_.answer_refusal(request, refusal);
  return begin_answer(write_response(response, {false, request.method == "HEAD", request.request_id}), true);
}

void ClientConnection::give_back_share() {
  context_.budget.resize(held_, reader_.buffered_bytes());
  held_ = reader_.buffered_bytes();
}

ClientConnection::Wants ClientConnection::sabotage(const ServerResponse& response, std::string_view wire) {
  const std::size_t body = std::min(response.body.size(), wire.size());  // HEAD has none on the wire
  if (response.sabotage == Sabotage::ResetAfterHead) send_now(wire.substr(0, wire.size() - body));
  if (response.sabotage == Sabotage::ResetInBody || response.sabotage == Sabotage::CutBody)
    send_now(wire.substr(0, wire.size() - (body + 1) / 2));
  if (response.sabotage == Sabotage::CutBody) return close();
  const linger at_once{1, 0};  // close() then sends RST
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  return close();
}

ClientConnection::Wants ClientConnection::begin_answer(std::string wire, bool closes) {
  phase_ = Phase::Writing;
  is_idle_.store(false, std::memory_order_relaxed);
  closes_after_answer_ = closes;
  output_ = std::move(wire);
  written_ = 0;
  set_deadline(context_.limits.body_timeout);
  return write_out();
}

ClientConnection::Wants ClientConnection::write_out() {
  switch (flush()) {
    case Io::Ended:
      return close();
    case Io::WouldBlock:
      return Wants::Output;
    case Io::Progress:
      break;
  }
  wipe(output_);
  output_ = std::string();
  if (!closes_after_answer_) {
    phase_ = Phase::Reading;
    last_state_ = RequestReader::State::Ready;  // so that the next state sets its deadline
    return Wants::Output;
  }
  if (context_.stopping) return close();
  // Closing with unread input would reset the connection, and the answer could be lost on its way.
  ::shutdown(socket_.get(), SHUT_WR);
  phase_ = Phase::Draining;
  set_deadline(kDrainTime);
  return drain();
}

ClientConnection::Wants ClientConnection::drain() {
  std::array<char, 16 << 10> scratch;
  while (drained_ < kMaxDrained) {
    const ssize_t count = ::recv(socket_.get(), scratch.data(), scratch.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Wants::Input;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    drained_ += static_cast<std::size_t>(count);
  }
  return close();
}

ClientConnection::Wants ClientConnection::close() {
  phase_ = Phase::Closed;
  return Wants::Close;
}

ClientConnection::Io ClientConnection::receive() {
  std::array<char, 16 << 10> scratch;
  ssize_t count = -1;
  do {
    count = ::recv(socket_.get(), scratch.data(), scratch.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Io::WouldBlock : Io::Ended;
  if (count == 0) return Io::Ended;
  reader_.append({scratch.data(), static_cast<std::size_t>(count)});
  wipe(scratch.data(), static_cast<std::size_t>(count));
  return Io::Progress;
}

ClientConnection::Io ClientConnection::flush() {
  while (written_ < output_.size()) {
    const ssize_t count =
        ::send(socket_.get(), output_.data() + written_, output_.size() - written_, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Io::WouldBlock : Io::Ended;
    written_ += static_cast<std::size_t>(count);
  }
  return Io::Progress;
}

void ClientConnection::send_now(std::string_view text) {
  [[maybe_unused]] const ssize_t count = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

ClientConnection::Wants ClientConnection::expire() {
  const bool has_begun =
      last_state_ == RequestReader::State::InHead || last_state_ == RequestReader::State::InBody;
  if (phase_ == Phase::Reading && has_begun) return refuse({408, "the request took too long"});
  return close();
}

ClientConnection::Wants ClientConnection::turn_away() {
  return refuse({503, "too many connections"});
}

ClientConnection::Wants ClientConnection::close_unless_answering() {
  if (phase_ == Phase::Writing) return Wants::Output;
  return close();
}

void ClientConnection::cut() {
  ::shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace coffer
