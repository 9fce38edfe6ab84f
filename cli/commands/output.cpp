#include "cli/commands/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "vault/base/json.h"

namespace coffer::cli {
namespace {

void print_to_stderr(const std::string& text) {
  std::fputs(("coffer: " + text + "\n").c_str(), stderr);
}

// Control characters could forge lines or drive the terminal.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

int exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return exit_code::kUsage;
    case ErrorCode::Unavailable:
      return exit_code::kNoDaemon;
    case ErrorCode::NeedsConnection:
      return exit_code::kNeedsConnection;
    case ErrorCode::NotFound:
      return exit_code::kNotFound;
    case ErrorCode::Timeout:
      return exit_code::kTimedOut;
    case ErrorCode::WrongKey:
    case ErrorCode::CorruptHeader:
    case ErrorCode::NewerFormat:
    case ErrorCode::VaultInUse:
    case ErrorCode::UnsafePermissions:
      return exit_code::kVaultClosed;
    case ErrorCode::Unauthorized:
    case ErrorCode::Forbidden:
    case ErrorCode::Conflict:
    case ErrorCode::WrongState:
    case ErrorCode::Gone:
    case ErrorCode::TooLarge:
    case ErrorCode::Throttled:
    case ErrorCode::TamperedRow:
    case ErrorCode::Storage:
    case ErrorCode::Unsupported:
    case ErrorCode::Internal:
      return exit_code::kFailure;
  }
  return exit_code::kFailure;
}

void print_error(const Error& error) {
  print_to_stderr("error: " + printable(error.what()));
  if (!error.hint().empty()) print_to_stderr("hint: " + printable(error.hint()));
}

void print_warning(const std::string& fact) {
  print_to_stderr("warning: " + printable(fact));
}

void print_progress(const std::string& text) {
  print_to_stderr(printable(text));
}

void print_line(const std::string& line) {
  if (std::fputs((line + "\n").c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return;
  throw Error(ErrorCode::Storage, std::string("standard output cannot be written: ") + std::strerror(errno));
}

void print_json(const Json& value) {
  print_line(dump_json(value));
}

void Table::print() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += printable(row[i]);
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    print_line(line);
  }
}

}  // namespace coffer::cli
