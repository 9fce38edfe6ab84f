#include "vault/net/router.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "vault/net/http_syntax.h"
#include "vault/net/request_target.h"

namespace coffer {

struct Router::Node {
  class Walk;
  struct Leaf {
    std::string method;
    std::vector<std::string> names;  // of the parameters, in the order of the path
    Handler handler;
  };

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::vector<Leaf> leaves;       // routes that end here
  std::vector<Leaf> rest_leaves;  // routes that end here with "*name"
};

namespace {

ServerResponse no_route(const ServerRequest&, const std::string& allowed) {
  return allowed.empty() ? ServerResponse::text(404, "not found\n")
                         : ServerResponse::text(405, "the method is not allowed\n");
}

template <class Leaf>
const Leaf* find_method(const std::vector<Leaf>& leaves, std::string_view method) {
  const auto found =
      std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& l) { return l.method == method; });
  return found == leaves.end() ? nullptr : &*found;
}

std::string join_from(const std::vector<std::string>& segments, std::size_t begin) {
  return join({segments.begin() + static_cast<std::ptrdiff_t>(begin), segments.end()}, "/");
}

std::vector<std::string> segments_of(const ServerRequest& request) {
  // The path alone cannot tell an encoded slash from a separator.
  if (const auto target = parse_target(request.target)) return target->segments;
  return split(request.path, '/');
}

std::string allow_value(std::set<std::string> methods) {
  if (methods.contains("GET")) methods.insert("HEAD");
  return join({methods.begin(), methods.end()}, ", ");
}

}  // namespace

// One walk down the trie for one method: literals first, then parameters, then "*rest", going
// back where a branch ends without a route. Each node is visited at most once.
class Router::Node::Walk {
 public:
  Walk(const std::vector<std::string>& segments, std::string_view method)
      : segments_(segments), method_(method) {}

  const Leaf* find(const Node& node, std::size_t depth) {
    if (depth == segments_.size()) {
      if (const Leaf* leaf = choose(node.leaves)) return leaf;
    } else if (const Leaf* leaf = find_below(node, depth)) {
      return leaf;
    }
    const Leaf* leaf = choose(node.rest_leaves);
    if (leaf != nullptr) values_.push_back(join_from(segments_, depth));
    return leaf;
  }

  std::vector<std::string>& values() { return values_; }
  // Methods of all routes met whose path fits.
  const std::set<std::string>& methods() const { return methods_; }

 private:
  const Leaf* find_below(const Node& node, std::size_t depth) {
    if (const auto next = node.literals.find(segments_[depth]); next != node.literals.end()) {
      if (const Leaf* leaf = find(*next->second, depth + 1)) return leaf;
    }
    if (!node.parameter) return nullptr;
    values_.push_back(segments_[depth]);
    const Leaf* leaf = find(*node.parameter, depth + 1);
    if (leaf == nullptr) values_.pop_back();
    return leaf;
  }

  const Leaf* choose(const std::vector<Leaf>& leaves) {
    if (const Leaf* leaf = find_method(leaves, method_)) return leaf;
    if (method_ == "HEAD") {
      if (const Leaf* leaf = find_method(leaves, "GET")) return leaf;
    }
    for (const Leaf& leaf : leaves) methods_.insert(leaf.method);
    return nullptr;
  }

  const std::vector<std::string>& segments_;
  std::string_view method_;
  std::vector<std::string> values_;
  std::set<std::string> methods_;
};

Router::Router() : root_(std::make_unique<Node>()), fallback_(no_route) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

void Router::add(std::string method, std::string pattern, Handler handler) {
  Node* node = root_.get();
  Node::Leaf leaf{method, {}, handler};
  bool takes_rest = false;
  for (const std::string& part : split(pattern, '/')) {
    if (part.front() == '*') {
      takes_rest = true;
      leaf.names.push_back(part.substr(1));
      break;
    }
    const bool is_parameter = part.front() == ':';
    if (is_parameter) leaf.names.push_back(part.substr(1));
    auto& next = is_parameter ? node->parameter : node->literals[part];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  std::vector<Node::Leaf>& leaves = takes_rest ? node->rest_leaves : node->leaves;
  assert(find_method(leaves, method) == nullptr);
  leaves.push_back(std::move(leaf));
  routes_.push_back({std::move(method), std::move(pattern), std::move(handler)});
}

void Router::set_fallback(Fallback fallback) {
  fallback_ = std::move(fallback);
}

const std::vector<Router::Route>& Router::routes() const {
  return routes_;
}

ServerResponse Router::handle(ServerRequest& request) const {
  const std::vector<std::string> segments = segments_of(request);
  Node::Walk walk(segments, request.method);
  request.params.clear();
  if (const Node::Leaf* leaf = walk.find(*root_, 0)) {
    for (std::size_t i = 0; i < leaf->names.size(); ++i) {
      request.params[leaf->names[i]] = std::move(walk.values()[i]);
    }
    return leaf->handler(request);
  }
  const std::string allowed = allow_value(walk.methods());
  ServerResponse response = fallback_(request, allowed);
  if (response.status == 405) response.headers.push_back({"Allow", allowed});
  return response;
}

}  // namespace coffer
