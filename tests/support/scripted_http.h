#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "vault/base/http.h"

namespace coffer::testing {

// An HttpClient that answers from a list and remembers what was asked. An exchange without a
// scripted answer is NotSent/Connect. Calls before_send as the real one does.
class ScriptedHttp final : public HttpClient {
 public:
  struct Seen {
    std::string method, url, body;
    HttpHeaders headers;
    bool once = false;
  };

  void answer(int status, std::string body, HttpHeaders headers = {}) {
    answer_with([=](const HttpRequest&) -> HttpResult {
      HttpResponse response;
      response.status = status;
      response.headers = headers;
      response.body = body;
      return response;
    });
  }
  void fail(HttpFailure failure) {
    answer_with([=](const HttpRequest&) -> HttpResult { return failure; });
  }
  void answer_with(std::function<HttpResult(const HttpRequest&)> script) {
    const std::lock_guard lock(mutex_);
    scripts_.push_back(std::move(script));
  }

  HttpResult send(const HttpRequest& request) override {
    std::function<HttpResult(const HttpRequest&)> script;
    {
      const std::lock_guard lock(mutex_);
      if (!scripts_.empty()) {
        script = std::move(scripts_.front());
        scripts_.pop_front();
      }
    }
    if (!script) return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Connect, "nothing scripted"};
    if (request.before_send && !request.before_send()) {
      return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Refused, "refused before sending"};
    }
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back({request.method, request.url, request.body, request.headers, request.once});
    }
    return script(request);
  }

  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  mutable std::mutex mutex_;  // guards both
  std::deque<std::function<HttpResult(const HttpRequest&)>> scripts_;
  std::vector<Seen> seen_;
};

}  // namespace coffer::testing
