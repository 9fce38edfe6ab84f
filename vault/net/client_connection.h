#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "vault/net/http_server.h"
#include "vault/net/request_reader.h"
#include "vault/net/socket_handle.h"

namespace coffer {

using SteadyTime = std::chrono::steady_clock::time_point;

// Bytes that may wait in all connections together. Any thread.
class BufferBudget {
 public:
  explicit BufferBudget(std::size_t limit) : limit_(limit) {}
  // Changes one holder's share from `held` to `wanted`; false if that is too much (a smaller share
  // is never refused).
  bool resize(std::size_t held, std::size_t wanted);

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

// What all connections of a server have in common.
struct ConnectionContext {
  explicit ConnectionContext(const ServerLimits& server_limits)
      : limits(server_limits), budget(server_limits.max_buffered_bytes) {}

  const ServerLimits& limits;
  std::function<ServerResponse(ServerRequest&)> answer;  // never throws
  std::function<std::string()> new_request_id;
  RefusalAnswer answer_refusal;  // never throws
  BufferBudget budget;
  std::atomic<bool> stopping{false};
};

// One client: reads, answers and writes as far as it goes without waiting for the socket. One
// thread at a time, holding `mutex`.
class ClientConnection {
 public:
  enum class Wants { Input, Output, Close };

  ClientConnection(SocketHandle socket, std::string peer, ConnectionContext& context);
  ~ClientConnection();

  Wants advance();
  // The deadline has passed: answers 408 if a request had begun, else closes.
  Wants expire();
  // Refuses with 503; the connection then only waits for its client to leave.
  Wants turn_away();
  // For a server that stops: closes, unless an answer is on its way.
  Wants close_unless_answering();
  // Cuts both directions; the next advance() closes. Any thread, without the mutex.
  void cut();

  // Any thread, without the mutex. The socket closes with the object.
  int fd() const { return socket_.get(); }
  SteadyTime deadline() const { return deadline_.load(std::memory_order_relaxed); }
  bool is_idle() const { return is_idle_.load(std::memory_order_relaxed); }  // between requests

  std::mutex mutex;  // guards all but what says otherwise

 private:
  enum class Phase { Reading, Writing, Draining, Closed };
  enum class Io { Progress, WouldBlock, Ended };

  Wants read_requests();
  Wants serve(ServerRequest request);
  Wants refuse(const Refusal& refusal);
  void give_back_share();
  Wants sabotage(const ServerResponse& response, std::string_view wire);
  Wants begin_answer(std::string wire, bool closes);
  Wants write_out();
  Wants drain();
  Wants close();
  Io receive();
  Io flush();
  void send_now(std::string_view text);
  void follow(RequestReader::State state);
  void set_deadline(Duration from_now);

  ConnectionContext& context_;
  SocketHandle socket_;
  std::string peer_;
  RequestReader reader_;
  RequestReader::State last_state_ = RequestReader::State::Empty;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t held_ = 0;     // of the budget
  std::size_t drained_ = 0;  // bytes thrown away since the last answer
  bool closes_after_answer_ = false;
  Phase phase_ = Phase::Reading;
  std::atomic<SteadyTime> deadline_;
  std::atomic<bool> is_idle_{true};
};

}  // namespace coffer
