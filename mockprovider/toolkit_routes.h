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

  // `segments`: of the path below the toolkit's mock_path, decoded.
  RouteMatch find(const std::string& method, std::vector<std::string> segments) const;

 private:
  RouteMatch find(const std::string& method, const std::vector<std::string>& segments, bool is_root) const;
  RouteMatch find_as_at_the_service(const std::string& method,
                                    const std::vector<std::string>& segments) const;

  std::vector<ToolkitRoute::Segment> base_;  // where the service has its API; empty: at its root
  std::vector<ToolkitRoute> routes_;
};

}  // namespace coffer::mock
