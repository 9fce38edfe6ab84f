#include "cli/commands/config_lines.h"

#include <CLI/CLI.hpp>
#include <set>
#include <sstream>

#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::cli {
namespace {

bool has_open_quote(const std::string& value) {
  char quote = 0;
  for (const char c : value) {
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
  }
  return quote != 0;
}

bool is_open_list(const std::string& value) {
  return value.starts_with('[') && !value.ends_with(']');
}

class ConfigLines {
 public:
  ConfigLines(const std::string& text, const std::string& file) : input_(text), file_(file) {}

  void check() {
    while (next()) {
      if (line_.empty() || line_.front() == '#' || line_.front() == ';') continue;
      line_.front() == '[' ? enter_section() : check_entry();
    }
  }

 private:
  bool next() {
    if (!std::getline(input_, line_)) return false;
    CLI::detail::trim(line_);
    ++number_;
    return true;
  }

  [[noreturn]] void fail(const std::string& fact, const std::string& hint) const {
    throw Error(ErrorCode::InvalidArgument, file_ + ":" + std::to_string(number_) + ": " + fact, hint);
  }

  void enter_section() {
    const std::size_t end = line_.find(']');
    if (end == std::string::npos) fail("the section has no closing bracket", "write " + line_ + "]");
    section_ = line_.substr(1, end - 1);
  }

  void check_entry() {
    const std::size_t equals = std::min(line_.find('='), line_.size());
    const std::string key = CLI::detail::trim_copy(line_.substr(0, equals));
    std::string value = value_after(equals);
    if (key.empty() || value.empty()) {
      fail(in_quotes(line_) + " is not of the form KEY = VALUE", "for example port = 9901");
    }
    if (!keys_.insert(section_ + "." + key).second)
      fail(in_quotes(key) + " is set twice", "keep one of them");
    while (is_open_list(value) && next()) value += line_;
    if (is_open_list(value))
      fail("the list of " + in_quotes(key) + " has no closing bracket", "end it with ]");
    if (has_open_quote(value)) {
      fail("the value of " + in_quotes(key) + " has no closing quote",
           "close it; # begins a comment, in quotes too");
    }
  }

  // As CLI11 takes it: a comment begins in quotes, too.
  std::string value_after(std::size_t equals) const {
    if (equals == line_.size()) return {};
    const std::string rest = line_.substr(equals + 1);
    return CLI::detail::trim_copy(rest.substr(0, rest.find('#')));
  }

  std::istringstream input_;
  const std::string& file_;
  std::string line_;
  int number_ = 0;
  std::string section_;
  std::set<std::string> keys_;  // with their sections
};

}  // namespace

void check_config_lines(const std::string& text, const std::string& file) {
  ConfigLines(text, file).check();
}

}  // namespace coffer::cli
