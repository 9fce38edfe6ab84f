#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vault/model/provider.h"
#include "vault/model/toolkit.h"

namespace coffer {

struct CatalogOptions {
  // Each may hold toolkits/<slug>.json and providers/<id>.json; a later one replaces an earlier
  // one and the built-in ones by slug or id.
  std::vector<std::filesystem::path> directories;
  // "http://127.0.0.1:port": every base URL and provider endpoint points there instead. The
  // endpoints of provider p are <mock_url><p.mock_path>/{authorize,token,revoke,...} and its
  // issuer is <mock_url><p.mock_path>; the base URL of toolkit t is <mock_url><t.mock_path>, and
  // its API root, if it has one, <mock_url><t.mock_path>/root.
  std::string mock_url;
};

struct ToolRef {
  const Toolkit* toolkit = nullptr;
  const Tool* tool = nullptr;
};

// The toolkits and providers at hand. Immutable once loaded; any thread.
class Catalog {
 public:
  // Throws InvalidArgument that names file, place and fault: unknown keys, a base URL that is not
  // https (loopback http is allowed), two tools of one slug, a provider that does not exist.
  static Catalog load(const CatalogOptions& options = {});

  const std::vector<Toolkit>& toolkits() const { return toolkits_; }
  const std::map<std::string, Provider>& providers() const { return providers_; }

  const Toolkit* find_toolkit(std::string_view slug) const;  // any case; nullptr if unknown
  const Provider* find_provider(std::string_view id) const;
  ToolRef find_tool(std::string_view slug_or_alias) const;  // any case; both null if unknown

 private:
  struct Place {
    std::size_t toolkit, tool;
  };
  void index_tools();

  std::vector<Toolkit> toolkits_;  // by slug
  std::map<std::string, Provider> providers_;
  std::unordered_map<std::string, Place> tools_;  // by slug and alias, in upper case
};

}  // namespace coffer
