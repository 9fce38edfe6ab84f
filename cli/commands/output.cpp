#include "cli/commands/output.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::cli {
namespace {

void print_to_stderr(const std::string& text) {
  std::fputs(("coffer: " + text + "\n").c_str(), stderr);
}

// Controls (C0, DEL, C1), separators of lines and marks of direction.
bool is_harmful(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// `text` with what `replace` makes of each harmful code point, and of bytes that are no UTF-8 (U+FFFD).
template <class Replace>
std::string harmless(std::string_view text, Replace replace) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const std::size_t size = point ? point->size : 1;
    if (point && !is_harmful(point->value)) {
      out.append(text.substr(0, size));
    } else {
      out += replace(point ? point->value : U'\uFFFD');
    }
    text.remove_prefix(size);
  }
  return out;
}

std::string printable(std::string_view text) {
  return harmless(text, [](char32_t) { return "?"; });
}

// Every harmful code point has four digits at most.
std::string json_escape(char32_t c) {
  const std::array<char, 2> bytes = {static_cast<char>(c >> 8), static_cast<char>(c & 0xFF)};
  return "\\u" + to_hex(as_bytes({bytes.data(), bytes.size()}));
}

// Below 0x20 only the line ends of an indented text are left: all others are escaped already.
std::string printable_json(std::string_view text) {
  return harmless(text, [](char32_t c) { return c == '\n' ? std::string("\n") : json_escape(c); });
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

void print_exact(const std::string& line) {
  if (std::fputs((line + "\n").c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return;
  throw Error(ErrorCode::Storage, std::string("standard output cannot be written: ") + std::strerror(errno));
}

void print_line(const std::string& line) {
  print_exact(printable(line));
}

void print_json(const Json& value, int indent) {
  print_exact(printable_json(dump_json(value, indent)));
}

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable(cell);
  rows_.push_back(std::move(row));
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
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    print_exact(line);
  }
}

}  // namespace coffer::cli
