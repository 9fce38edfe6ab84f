#include "cli/commands/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <sstream>

#include "cli/commands/config_lines.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::cli {
namespace {

bool is_section_mark(const CLI::ConfigItem& item) {
  return item.name == "++" || item.name == "--";
}

std::string section_of(const CLI::ConfigItem& item) {
  return CLI::detail::join(item.parents, ".");
}

bool is_set(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value != nullptr && *value != '\0';
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

// "line:column" of a key inside its section.
std::string place_of(const std::string& text, const std::string& section, const std::string& name) {
  std::istringstream lines(text);
  std::string current;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string trimmed = CLI::detail::trim_copy(line);
    if (trimmed.starts_with('[')) current = trimmed.substr(1, trimmed.find(']') - 1);
    if (current != section || !trimmed.starts_with(name)) continue;
    return std::to_string(number) + ":" + std::to_string(line.find(name) + 1);
  }
  return "1:1";
}

bool is_number(const std::string& text) {
  double number = 0;
  return CLI::detail::lexical_cast(text, number);
}

class ConfigReader final : public CLI::ConfigTOML {
 public:
  ConfigReader(std::function<std::string()> file, std::vector<ConfigKey> keys)
      : file_(std::move(file)), keys_(std::move(keys)) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    const std::string text(std::istreambuf_iterator<char>(input), {});
    check_config_lines(text, file_());
    std::istringstream again(text);
    std::vector<CLI::ConfigItem> items = CLI::ConfigTOML::from_config(again);
    items.erase(std::remove_if(items.begin(), items.end(),
                               [&](const CLI::ConfigItem& item) { return is_overruled(text, item); }),
                items.end());
    return items;
  }

 private:
  bool is_overruled(const std::string& text, const CLI::ConfigItem& item) const {
    if (is_section_mark(item)) return false;
    for (const ConfigKey& key : keys_) {
      if (key.section != section_of(item) || key.name != item.name) continue;
      if (is_set(key.variable)) return true;
      check_value(text, item, key);
      return false;
    }
    throw Error(ErrorCode::InvalidArgument,
                file_() + ":" + place_of(text, section_of(item), item.name) + ": unknown key \"" +
                    item.fullname() + "\"",
                "did you mean \"" + nearest(item.fullname()) + "\"?");
  }

  void check_value(const std::string& text, const CLI::ConfigItem& item, const ConfigKey& key) const {
    if (!key.is_number || (item.inputs.size() == 1 && is_number(item.inputs.front()))) return;
    throw Error(ErrorCode::InvalidArgument,
                file_() + ":" + place_of(text, key.section, key.name) + ": \"" + item.fullname() +
                    "\" is not a number",
                "write " + key.name + " = NUMBER");
  }

  std::string nearest(const std::string& name) const {
    std::string best;
    for (const ConfigKey& key : keys_) {
      const std::string full = key.section.empty() ? key.name : key.section + "." + key.name;
      if (best.empty() || edit_distance(full, name) < edit_distance(best, name)) best = full;
    }
    return best;
  }

  std::function<std::string()> file_;
  std::vector<ConfigKey> keys_;
};

}  // namespace

void check_variables(const std::vector<ConfigKey>& keys, const std::string& section) {
  for (const ConfigKey& key : keys) {
    if (!key.is_number || (!key.section.empty() && key.section != section) || !is_set(key.variable)) continue;
    const std::string value = std::getenv(key.variable.c_str());
    if (is_number(value)) continue;
    throw Error(ErrorCode::InvalidArgument, key.variable + " is " + in_quotes(value) + ", not a number",
                "unset it, or give it a number");
  }
}

std::shared_ptr<CLI::Config> make_config_reader(std::function<std::string()> file,
                                                std::vector<ConfigKey> keys) {
  return std::make_shared<ConfigReader>(std::move(file), std::move(keys));
}

}  // namespace coffer::cli
