#pragma once

#include <map>
#include <string>
#include <vector>

#include "vault/base/json.h"
#include "vault/catalog/catalog.h"
#include "vault/model/session.h"

namespace coffer::api::v3 {

// What a session lets its agent use.
class SessionScope {
 public:
  explicit SessionScope(const SessionConfig& config);

  bool admits(const Toolkit& toolkit) const;
  bool admits(const Toolkit& toolkit, const Tool& tool) const;
  // Both: throws Forbidden that names what is not enabled.
  void require(const Toolkit& toolkit, const Tool& tool) const;
  void require(const Toolkit& toolkit) const;
  // Throws Forbidden too where the session chooses among the toolkit's tools, by name or tag.
  void require_whole(const Toolkit& toolkit) const;

  std::vector<const Toolkit*> toolkits(const Catalog& catalog) const;
  // What session.tools() lists besides the meta tools: the preloaded tools. Those that are not
  // listed can be run all the same.
  std::vector<ToolRef> tools(const Catalog& catalog) const;

 private:
  // Empty parts restrict nothing.
  struct Choice {
    std::vector<std::string> enabled;
    std::vector<std::string> disabled;
    bool is_empty() const { return enabled.empty() && disabled.empty(); }
    // What goes by these names, or has these tags: none of them disabled, and one of them enabled
    // where any is.
    bool admits(const std::vector<std::string>& names) const;
  };
  struct ToolChoice {
    Choice slugs;
    Choice tags;
    bool has_own_tags = false;  // else the session's tags hold
  };
  static Choice read_choice(const Json& given);
  static ToolChoice read_tool_choice(const Json& given);
  bool is_preloaded(const Tool& tool) const;

  const SessionConfig& config_;
  bool denies_all_ = false;  // an empty list of toolkits to enable
  Choice tags_;
  std::map<std::string, ToolChoice> tools_;  // by toolkit
  bool preloads_all_ = false;
  std::vector<std::string> preloaded_;
};

}  // namespace coffer::api::v3
