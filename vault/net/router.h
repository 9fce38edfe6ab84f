#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/base/http.h"

namespace coffer {

// A request as a handler sees it: framing checked, path split, query parsed.
struct ServerRequest {
  std::string method;
  std::string path;    // decoded per segment for matching; no query
  std::string target;  // as it came
  Fields query;
  HttpHeaders headers;
  std::string body;
  std::string peer;                           // address of the socket's other end
  std::string request_id;                     // uuid, made by the front; also in the answer and the log
  std::map<std::string, std::string> params;  // ":id" and "*rest" of the route, decoded

  ServerRequest() = default;
  ServerRequest(ServerRequest&&) = default;
  ServerRequest& operator=(ServerRequest&&) = default;
  ~ServerRequest();  // wipes all of it: bodies, headers and queries carry keys and codes

  std::string_view header(std::string_view name) const { return header_value(headers, name); }
  std::string param(const std::string& name) const;
  std::string_view query_value(std::string_view name) const;  // first value, empty if absent
  // The value of one cookie, empty if absent.
  std::string cookie(std::string_view name) const;
};

// How an answer goes wrong on purpose: for the mock provider's faults.
enum class Sabotage {
  None,
  ResetBeforeAnswer,
  ResetAfterHead,
  ResetInBody,
  CutBody,  // the connection ends in order, but too early
};

struct ServerResponse {
  int status = 200;
  HttpHeaders headers;  // Content-Type, Location, Set-Cookie, ...
  std::string body;
  Sabotage sabotage = Sabotage::None;

  static ServerResponse json(int status, std::string body);
  static ServerResponse html(int status, std::string body);
  static ServerResponse text(int status, std::string body);
  static ServerResponse redirect(int status, std::string location);
  ServerResponse&& with_header(std::string name, std::string value) &&;
};

using Handler = std::function<ServerResponse(const ServerRequest&)>;

// method + pattern -> handler, by a path trie. Patterns: "/api/v3/tools/:slug", "/static/*rest".
// A literal segment wins over a parameter. Filled before serving, then read by any thread.
class Router {
 public:
  struct Route {
    std::string method;
    std::string pattern;
    Handler handler;
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;

  void add(std::string method, std::string pattern, Handler handler);
  // For what has no route. `allowed`: the methods that this path has routes for, with commas; empty if
  // there are none. The default answers 404 or 405 in plain text. A 405 gets the header Allow.
  using Fallback = std::function<ServerResponse(const ServerRequest&, const std::string& allowed)>;
  void set_fallback(Fallback fallback);

  ServerResponse handle(ServerRequest& request) const;
  const std::vector<Route>& routes() const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<Route> routes_;
  Fallback fallback_;
};

}  // namespace coffer
