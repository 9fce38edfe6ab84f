#include <atomic>
#include <charconv>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "cli/commands/process.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/crypto/signature.h"
#include "vault/model/event.h"
#include "vault/net/http_client.h"
#include "vault/net/http_server.h"

namespace coffer::cli {
namespace {

constexpr Duration kForwardTimeout = std::chrono::seconds(10);
constexpr Duration kHeardInterval = std::chrono::milliseconds(100);

struct ListenOptions {
  std::vector<std::string> events{std::string(kExpiredEvent)};
  std::string forward_to;
  int count = 0;
  bool print_secret = false;
  bool json = false;
};

// What takes the daemon's deliveries: checks each signature, prints it, passes it on.
class Receiver {
 public:
  Receiver(const ListenOptions& options, Secret secret)
      : options_(options), secret_(std::move(secret)), http_(make_http_client()) {}

  ServerResponse receive(const ServerRequest& request) {
    if (!is_genuine(request)) {
      print_warning("a delivery with a wrong signature was refused");
      return ServerResponse::text(400, "wrong signature\n");
    }
    const std::lock_guard lock(mutex_);
    try {
      show(request);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::Storage) is_heard_ = false;
      throw;
    }
    if (!options_.forward_to.empty()) forward(request);
    ++received_;
    return ServerResponse::text(200, "ok\n");
  }

  int received() const { return received_; }
  bool is_heard() const { return is_heard_; }  // standard output still takes what is printed

 private:
  bool is_genuine(const ServerRequest& request) const {
    const std::string_view time = request.header("webhook-timestamp");
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), seconds);
    return request.method == "POST" && error == std::errc() && end == time.data() + time.size() &&
           verify_webhook_signature(request.header("webhook-signature"), secret_.expose(),
                                    request.header("webhook-id"), seconds, request.body);
  }

  void show(const ServerRequest& request) const {
    const Json event = parse_json(request.body, "event");
    if (options_.json) {
      print_json(event);
      return;
    }
    print_line(text_of(event, "timestamp") + " -> " + text_of(event, "type") + " [" + text_of(event, "id") +
               "]");
  }

  void forward(const ServerRequest& request) const {
    HttpRequest onward;
    onward.method = "POST";
    onward.url = options_.forward_to;
    for (const HttpHeader& header : request.headers) {
      const std::string name = to_lower(header.name);
      if (name.starts_with("webhook-") || name.starts_with("x-composio-") || name == "content-type") {
        onward.headers.push_back(header);
      }
    }
    onward.body = request.body;
    onward.timeout = kForwardTimeout;
    onward.once = true;
    report(http_->send(onward));
  }

  void report(const HttpResult& result) const {
    const auto* response = std::get_if<HttpResponse>(&result);
    const std::string outcome =
        response != nullptr ? std::to_string(response->status) : std::get<HttpFailure>(result).detail;
    print_progress("<- " + outcome + " POST " + options_.forward_to);
  }

  const ListenOptions& options_;
  Secret secret_;
  std::unique_ptr<HttpClient> http_;
  std::mutex mutex_;  // one delivery is shown and forwarded at a time
  std::atomic<int> received_{0};
  std::atomic<bool> is_heard_{true};
};

// The hidden subscription, for as long as this lives.
class Subscription {
 public:
  Subscription(HttpApi& api, const std::string& url, const std::vector<std::string>& events) : api_(api) {
    Json answer = api_.post("/_coffer/subscriptions", {{"url", url}, {"events", events}});
    id_ = text_of(answer, "id");
    secret_ = take_secret(answer, "secret");
  }
  ~Subscription() {
    try {
      api_.remove("/_coffer/subscriptions/" + percent_encode(id_));
    } catch (const Error& error) {
      print_warning(std::string("the subscription could not be removed: ") + error.what());
    }
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  const Secret& secret() const { return secret_; }

 private:
  HttpApi& api_;
  std::string id_;
  Secret secret_;
};

ServerResponse refuse(const ServerRequest&, const std::exception& error) {
  return ServerResponse::text(400, std::string(error.what()) + "\n");
}

int run(const Globals& globals, const ListenOptions& options) {
  if (!options.forward_to.empty() && !origin_of(options.forward_to)) {
    throw Error(ErrorCode::InvalidArgument, "--forward-to is not an http(s) URL",
                "write http://127.0.0.1:3000/webhooks");
  }
  if (options.count < 0) {
    throw Error(ErrorCode::InvalidArgument, "--count " + std::to_string(options.count) + " is below 0",
                "use 1 or more, or 0 for no end");
  }
  StopSignals signals;
  HttpApi api(find_endpoint(globals));
  SystemRandom random;
  std::unique_ptr<Receiver> receiver;
  HttpServer server(
      {"127.0.0.1", 0}, [&](const ServerRequest& request) { return receiver->receive(request); }, refuse,
      random, null_log());
  const Subscription subscription(api, server.url() + "/", options.events);
  receiver = std::make_unique<Receiver>(options, subscription.secret().clone());
  server.start();
  if (options.print_secret) print_exact(std::string(subscription.secret().expose()));
  print_progress("listening for " + join(options.events, ", ") + " of " + api.url() + "; end with Ctrl-C");
  while (!signals.wait(kHeardInterval) && receiver->is_heard()) {
    if (options.count > 0 && receiver->received() >= options.count) break;
  }
  server.stop();
  return receiver->is_heard() ? exit_code::kOk : exit_code::kFailure;
}

}  // namespace

Command listen_command(const Globals& globals) {
  auto options = std::make_shared<ListenOptions>();
  return {"listen",
          "Receive events here and print them; the subscription ends with the command",
          {{"-e,--events", "Event types [composio.connected_account.expired]", &options->events, "TYPE"},
           {"-f,--forward-to", "Post each event on to URL, signature and all", &options->forward_to, "URL"},
           {"-n,--count", "End after so many events; 0: never [0]", &options->count, "NUMBER"},
           {"--print-secret", "Print the signing secret first", &options->print_secret},
           {"-j,--json", "Print each event's body as one JSON line", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
