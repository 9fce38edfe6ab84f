#include "vault/catalog/catalog.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/embedded.h"
#include "vault/catalog/provider_parser.h"
#include "vault/catalog/toolkit_check.h"
#include "vault/catalog/toolkit_parser.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = 1 << 20;
constexpr std::size_t kMaxFiles = 1000;

struct Parts {
  std::map<std::string, Toolkit> toolkits;
  std::map<std::string, Provider> providers;
};

[[noreturn]] void refuse(const std::string& fault) {
  throw Error(ErrorCode::InvalidArgument, fault);
}

// The built-in files were checked when the tests ran; here they are only read, for a quick start.
void add_embedded(Parts& parts) {
  for (const auto& file : embedded_toolkits()) {
    Json json = Json::parse(file.text());
    Toolkit toolkit = parse_toolkit(json, std::string(file.name));
    parts.toolkits.insert_or_assign(toolkit.slug, std::move(toolkit));
  }
  for (const auto& file : embedded_providers()) {
    Json json = Json::parse(file.text());
    Provider provider = parse_provider(json, std::string(file.name));
    parts.providers.insert_or_assign(provider.id, std::move(provider));
  }
}

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") paths.push_back(entry->path());
    if (paths.size() > kMaxFiles) refuse(folder.string() + " holds more than 1000 files");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Json read_file(const fs::path& path) {
  std::error_code error;
  if (fs::file_size(path, error) > kMaxFileBytes || error)
    refuse(path.string() + " cannot be read, or is over 1 MiB");
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse_json(text, path.string());
}

void add_directory(Parts& parts, const fs::path& directory) {
  if (!fs::is_directory(directory)) refuse("toolkit directory " + directory.string() + " does not exist");
  for (const auto& path : json_files(directory / "providers")) {
    Json json = read_file(path);
    Provider provider = parse_provider(json, path.string());
    check_provider(provider, path.string());
    parts.providers.insert_or_assign(provider.id, std::move(provider));
  }
  for (const auto& path : json_files(directory / "toolkits")) {
    Json json = read_file(path);
    Toolkit toolkit = parse_toolkit(json, path.string());
    check_toolkit(toolkit, path.string());
    parts.toolkits.insert_or_assign(toolkit.slug, std::move(toolkit));
  }
}

// The mock has one token endpoint, and a second one where a refresh has its own address.
void point_at_mock(Provider& provider, const std::string& mock_url) {
  const std::string base = mock_url + provider.mock_path;
  if (provider.swap_after_code) provider.swap_after_code->url = base + "/token";
  if (provider.renewal) {
    provider.renewal->url = base + (provider.renewal->url == provider.token_url ? "/token" : "/refresh");
  }
  if (!provider.refresh_url.empty()) provider.refresh_url = base + "/refresh";
  provider.issuer = base;
  provider.authorization_url = base + "/authorize";
  provider.token_url = base + "/token";
  if (!provider.revoke_url.empty()) provider.revoke_url = base + "/revoke";
  if (!provider.registration_url.empty()) provider.registration_url = base + "/register";
}

void point_at_mock(Toolkit& toolkit, const std::string& mock_url) {
  toolkit.base_url = mock_url + toolkit.mock_path;
  if (!toolkit.api_root.empty()) toolkit.api_root = toolkit.base_url + "/root";
}

void point_at_mock(Parts& parts, const std::string& mock_url) {
  if (!origin_of(mock_url)) refuse("the mock's URL \"" + mock_url + "\" is not an absolute http(s) URL");
  for (auto& [id, provider] : parts.providers) point_at_mock(provider, mock_url);
  for (auto& [slug, toolkit] : parts.toolkits) point_at_mock(toolkit, mock_url);
}

void check_providers_exist(const Parts& parts) {
  for (const auto& [slug, toolkit] : parts.toolkits) {
    for (const auto& mode : toolkit.auth) {
      if (mode.provider.empty() || parts.providers.contains(mode.provider)) continue;
      refuse("toolkit \"" + slug + "\": provider \"" + mode.provider + "\" does not exist");
    }
  }
}

}  // namespace

Catalog Catalog::load(const CatalogOptions& options) {
  Parts parts;
  add_embedded(parts);
  for (const auto& directory : options.directories) add_directory(parts, directory);
  check_providers_exist(parts);
  if (!options.mock_url.empty()) point_at_mock(parts, options.mock_url);
  Catalog catalog;
  catalog.providers_ = std::move(parts.providers);
  for (auto& [slug, toolkit] : parts.toolkits) catalog.toolkits_.push_back(std::move(toolkit));
  catalog.index_tools();
  return catalog;
}

void Catalog::index_tools() {
  const auto add = [&](const std::string& slug, Place place) {
    const auto [entry, is_new] = tools_.emplace(to_upper(slug), place);
    if (is_new) return;
    refuse("tool \"" + slug + "\" is defined twice, by toolkits \"" + toolkits_[entry->second.toolkit].slug +
           "\" and \"" + toolkits_[place.toolkit].slug + "\"");
  };
  for (std::size_t i = 0; i < toolkits_.size(); ++i) {
    for (std::size_t k = 0; k < toolkits_[i].tools.size(); ++k) {
      const Tool& tool = toolkits_[i].tools[k];
      add(tool.slug, {i, k});
      for (const auto& alias : tool.aliases) add(alias, {i, k});
    }
  }
}

const Toolkit* Catalog::find_toolkit(std::string_view slug) const {
  const std::string wanted = to_lower(slug);
  const auto found =
      std::lower_bound(toolkits_.begin(), toolkits_.end(), wanted,
                       [](const Toolkit& toolkit, const std::string& key) { return toolkit.slug < key; });
  return found != toolkits_.end() && found->slug == wanted ? &*found : nullptr;
}

const Provider* Catalog::find_provider(std::string_view id) const {
  const auto found = providers_.find(std::string(id));
  return found == providers_.end() ? nullptr : &found->second;
}

ToolRef Catalog::find_tool(std::string_view slug_or_alias) const {
  const auto found = tools_.find(to_upper(slug_or_alias));
  if (found == tools_.end()) return {};
  const Toolkit& toolkit = toolkits_[found->second.toolkit];
  return {&toolkit, &toolkit.tools[found->second.tool]};
}

}  // namespace coffer
