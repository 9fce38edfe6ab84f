#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/base/error.h"

namespace coffer::cli {

// What a program that runs coffer may rely on; `coffer help exit-codes` prints this table.
namespace exit_code {
inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;
inline constexpr int kNoDaemon = 3;
inline constexpr int kNeedsConnection = 4;
inline constexpr int kNotFound = 5;
inline constexpr int kVaultClosed = 6;
inline constexpr int kTimedOut = 124;  // as timeout(1)
}  // namespace exit_code

int exit_code_of(ErrorCode code);

// "coffer: error: <fact>" and "coffer: hint: <next step>" on standard error.
void print_error(const Error& error);
void print_warning(const std::string& fact);
// "coffer: <text>" on standard error: what goes on while one waits.
void print_progress(const std::string& text);

// Lines on standard output, flushed. Throw Storage if they cannot be written. What others may have
// chosen cannot drive the terminal, forge lines or turn text around: in text it becomes "?", in
// JSON an escape.
void print_line(const std::string& line);
void print_json(const nlohmann::json& value, int indent = -1);
// Byte for byte: for credentials, and for what a program reads.
void print_exact(const std::string& line);

// Columns as wide as their widest cell, two spaces between. No rows: only the header.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row);
  void print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace coffer::cli
