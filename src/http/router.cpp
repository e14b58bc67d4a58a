#include "http/router.hpp"

#include <array>

#include "http/target.hpp"

namespace crossdock::http {

namespace {
constexpr std::size_t kDepthAtMost = 8;  // parameters in one pattern
constexpr std::size_t kMethods = static_cast<std::size_t>(Method::other);
}  // namespace

struct Router::Node {
  struct Leaf {
    Route* route = nullptr;
    std::vector<std::string> names;  // of the parameters, in order
  };
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::array<Leaf, kMethods> leaves;

  bool ends_here() const {
    for (const auto& leaf : leaves) {
      if (leaf.route != nullptr) return true;
    }
    return false;
  }
  const Leaf* leaf_for(Method method) const {
    if (method == Method::other) return nullptr;
    const Leaf& own = leaves[static_cast<std::size_t>(method)];
    if (own.route != nullptr) return &own;
    if (method != Method::head) return nullptr;
    const Leaf& get = leaves[static_cast<std::size_t>(Method::get)];
    return get.route != nullptr ? &get : nullptr;
  }
  Node& literal(std::string_view word) {
    for (auto& [known, child] : literals) {
      if (known == word) return *child;
    }
    return *literals.emplace_back(std::string(word), std::make_unique<Node>()).second;
  }

  /// Calls `end` at every node where `path` ends, literal branches first, until it returns true. `raw`: segments taken by parameters.
  template <class F>
  static bool walk(const Node& node, std::string_view path, std::array<std::string_view, kDepthAtMost>& raw, std::size_t taken, F& end) {
    if (path.empty()) return end(node, taken);
    path.remove_prefix(1);  // the slash
    auto slash = path.find('/');
    std::string_view segment = path.substr(0, slash);
    std::string_view rest = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
    if (const Node* child = node.literal_for(segment); child != nullptr && walk(*child, rest, raw, taken, end)) return true;
    if (node.parameter == nullptr || segment.empty() || taken == kDepthAtMost) return false;
    raw[taken] = segment;
    return walk(*node.parameter, rest, raw, taken + 1, end);
  }

  const Node* literal_for(std::string_view segment) const {
    std::optional<std::string> plain;
    if (segment.find('%') != std::string_view::npos) {
      plain = decoded(segment, false);
      if (!plain) return nullptr;
      segment = *plain;
    }
    for (const auto& [word, child] : literals) {
      if (word == segment) return child.get();
    }
    return nullptr;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Route& Router::add(Method method, std::string_view pattern, Handler handler) {
  return insert(Route{method, std::string(pattern), std::move(handler)});
}

Route& Router::add_fast(Method method, std::string_view pattern, FastHandler handler) {
  return insert(Route{method, std::string(pattern), std::move(handler)});
}

Route& Router::insert(Route route) {
  routes_.push_back(std::move(route));
  Route& stored = routes_.back();
  stored.label = stored.pattern;
  Node* node = root_.get();
  std::vector<std::string> names;
  std::string_view rest = stored.pattern;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    auto slash = rest.find('/');
    std::string_view segment = rest.substr(0, slash);
    if (segment.size() > 2 && segment.front() == '{' && segment.back() == '}') {
      if (node->parameter == nullptr) node->parameter = std::make_unique<Node>();
      names.emplace_back(segment.substr(1, segment.size() - 2));
      node = node->parameter.get();
    } else {
      node = &node->literal(segment);
    }
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  }
  node->leaves[static_cast<std::size_t>(stored.method)] = Node::Leaf{&stored, std::move(names)};
  return stored;
}

Router::Found Router::find(Request& request) const {
  if (request.path.empty() || request.path.front() != '/') return Found::no_path;
  std::array<std::string_view, kDepthAtMost> raw;
  bool path_known = false;
  const Node::Leaf* found = nullptr;
  auto end = [&](const Node& node, std::size_t) {
    path_known = path_known || node.ends_here();
    found = node.leaf_for(request.method);
    return found != nullptr;
  };
  Node::walk(*root_, request.path, raw, 0, end);
  if (found == nullptr) return path_known ? Found::no_method : Found::no_path;
  request.route = found->route;
  for (std::size_t i = 0; i < found->names.size(); ++i) {
    auto value = decoded(raw[i], false);
    request.params_.emplace_back(found->names[i], value ? std::move(*value) : std::string());
  }
  return Found::route;
}

std::string Router::allow(std::string_view path) const {
  std::array<bool, kMethods> methods{};
  auto collect = [&](const Node& node, std::size_t) {
    for (std::size_t i = 0; i < kMethods; ++i) methods[i] = methods[i] || node.leaves[i].route != nullptr;
    return false;
  };
  std::array<std::string_view, kDepthAtMost> raw;
  if (path == "*") {
    for (const auto& route : routes_) methods[static_cast<std::size_t>(route.method)] = true;
  } else if (!path.empty() && path.front() == '/') {
    Node::walk(*root_, path, raw, 0, collect);
  }
  if (methods[static_cast<std::size_t>(Method::get)]) methods[static_cast<std::size_t>(Method::head)] = true;
  std::string out;
  for (std::size_t i = 0; i < kMethods; ++i) {
    if (!methods[i]) continue;
    if (!out.empty()) out += ", ";
    out += method_name(static_cast<Method>(i));
  }
  if (!out.empty() && !methods[static_cast<std::size_t>(Method::options)]) out += ", OPTIONS";
  return out;
}

}  // namespace crossdock::http
