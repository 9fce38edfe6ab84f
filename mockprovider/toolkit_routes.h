#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/model/toolkit.h"

namespace coffer::mock {

// One path of a toolkit's API that has a behaviour.
struct ToolkitRoute {
  // A segment of the path template: literal text around at most one placeholder.
  struct Segment {
    std::string before, after;
    std::string name;  // empty: all literal, in `before`
  };
  std::string method;
  std::vector<Segment> segments;
  std::string tool;  // slug; empty for a route that is no tool
  bool is_root = false;
  std::vector<std::string> scopes_any;
  const nlohmann::json* mock = nullptr;
  std::size_t placeholders = 0;
};

struct RouteMatch {
  const ToolkitRoute* route = nullptr;  // null: no such path
  std::map<std::string, std::string> path_values;
};

// The routes of one toolkit, as docs/toolkit-format.md says: its tools that have a `mock`, then
// its seed's routes. The toolkit has to outlive this.
class ToolkitRoutes {
 public:
  explicit ToolkitRoutes(const Toolkit& toolkit);

  // `segments`: of the path below the toolkit's mock_path, decoded. HEAD finds what GET does.
  RouteMatch find(const std::string& method, std::vector<std::string> segments) const;
  // GET and POST are the same to the service, and so are query and body.
  bool take_any_method() const { return take_any_method_; }

 private:
  RouteMatch find(const std::string& method, const std::vector<std::string>& segments, bool is_root) const;
  RouteMatch find_as_at_the_service(const std::string& method,
                                    const std::vector<std::string>& segments) const;

  bool allows(const ToolkitRoute& route, const std::string& method) const;

  bool take_any_method_ = false;
  std::vector<ToolkitRoute::Segment> base_;  // where the service has its API; empty: at its root
  std::vector<ToolkitRoute> routes_;
};

}  // namespace coffer::mock
