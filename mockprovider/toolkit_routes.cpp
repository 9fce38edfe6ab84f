#include "mockprovider/toolkit_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/catalog/expression.h"

namespace coffer::mock {
namespace {

// The name that a placeholder is known by: of "{{id|number}}" it is "id".
std::string name_of(const Expression& expression) {
  if (expression.kind == Expression::Kind::Call && !expression.arguments.empty()) {
    return name_of(expression.arguments.front().value.front());
  }
  return expression.name;
}

ToolkitRoute::Segment parse_segment(const std::string& text) {
  ToolkitRoute::Segment segment;
  for (const auto& piece : parse_template(text)) {
    if (piece.expression) {
      segment.name = name_of(*piece.expression);
    } else {
      (segment.name.empty() ? segment.before : segment.after) += piece.text;
    }
  }
  return segment;
}

std::vector<ToolkitRoute::Segment> parse_path(const std::string& path) {
  std::vector<ToolkitRoute::Segment> segments;
  for (const auto& part : split(path, '/')) segments.push_back(parse_segment(part));
  return segments;
}

void set_path(ToolkitRoute& route, const std::string& path) {
  route.segments = parse_path(path);
  route.placeholders =
      static_cast<std::size_t>(std::count_if(route.segments.begin(), route.segments.end(),
                                             [](const auto& segment) { return !segment.name.empty(); }));
}

ToolkitRoute route_of(const Tool& tool) {
  ToolkitRoute route;
  route.method = tool.request.method;
  route.tool = tool.slug;
  route.scopes_any = tool.scopes_any;
  route.mock = tool.mock.get();
  set_path(route, tool.request.path);
  return route;
}

ToolkitRoute route_of(const Json& json) {
  ToolkitRoute route;
  route.method = json.value("method", "GET");
  route.is_root = json.value("root", false);
  route.scopes_any = json.value("scopes_any", std::vector<std::string>());
  route.mock = &json.at("mock");
  set_path(route, json.value("path", ""));
  return route;
}

bool matches(const ToolkitRoute::Segment& segment, const std::string& text, RouteMatch& match) {
  if (segment.name.empty()) return text == segment.before;
  const std::size_t literal = segment.before.size() + segment.after.size();
  if (text.size() <= literal || !text.starts_with(segment.before) || !text.ends_with(segment.after))
    return false;
  match.path_values[segment.name] = text.substr(segment.before.size(), text.size() - literal);
  return true;
}

bool matches(const ToolkitRoute& route, const std::vector<std::string>& segments, RouteMatch& match) {
  if (route.segments.size() != segments.size()) return false;
  match.path_values.clear();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!matches(route.segments[i], segments[i], match)) return false;
  }
  match.route = &route;
  return true;
}

}  // namespace

ToolkitRoutes::ToolkitRoutes(const Toolkit& toolkit) {
  for (const auto& tool : toolkit.tools) {
    if (tool.mock && tool.mock->is_object()) routes_.push_back(route_of(tool));
  }
  if (toolkit.mock_seed && toolkit.mock_seed->contains("routes")) {
    for (const auto& route : (*toolkit.mock_seed)["routes"]) routes_.push_back(route_of(route));
  }
  take_any_method_ = toolkit.mock_seed && toolkit.mock_seed->value("any_method", false);
  if (toolkit.mock_seed && toolkit.mock_seed->contains("base"))
    base_ = parse_path((*toolkit.mock_seed)["base"].value("path", ""));
  // Fewer placeholders first; of equals the order of the file decides.
  std::stable_sort(routes_.begin(), routes_.end(),
                   [](const auto& a, const auto& b) { return a.placeholders < b.placeholders; });
}

RouteMatch ToolkitRoutes::find(const std::string& method, std::vector<std::string> segments) const {
  const bool is_root = !segments.empty() && segments.front() == "root";
  if (is_root) segments.erase(segments.begin());
  RouteMatch match = find(method, segments, is_root);
  return match.route || is_root || base_.empty() ? match : find_as_at_the_service(method, segments);
}

RouteMatch ToolkitRoutes::find(const std::string& method, const std::vector<std::string>& segments,
                               bool is_root) const {
  RouteMatch match;
  for (const auto& route : routes_) {
    if (route.is_root == is_root && allows(route, method) && matches(route, segments, match)) return match;
  }
  return {};
}

bool ToolkitRoutes::allows(const ToolkitRoute& route, const std::string& method) const {
  if (take_any_method_ && (method == "GET" || method == "POST")) return true;
  return route.method == (method == "HEAD" ? "GET" : method);
}

// By the paths of the service's own host: the API below its base, and the rest beside it.
RouteMatch ToolkitRoutes::find_as_at_the_service(const std::string& method,
                                                 const std::vector<std::string>& segments) const {
  RouteMatch base;
  const bool is_below =
      segments.size() > base_.size() &&
      std::equal(base_.begin(), base_.end(), segments.begin(),
                 [&](const auto& segment, const std::string& text) { return matches(segment, text, base); });
  if (!is_below) return find(method, segments, true);
  const auto rest = segments.begin() + static_cast<std::ptrdiff_t>(base_.size());
  RouteMatch match = find(method, {rest, segments.end()}, false);
  match.path_values.merge(base.path_values);
  return match;
}

}  // namespace coffer::mock
