#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"

namespace coffer::mock {

// Reads the members of one JSON object. Every reader throws InvalidArgument that names owner and
// member when the type is wrong.
class Members {
 public:
  // The object has to outlive this. Throws InvalidArgument if it is none.
  Members(const nlohmann::json& object, std::string owner);

  const nlohmann::json* find(std::string_view name) const;  // null: absent
  bool flag(std::string_view name) const;                   // absent: false
  std::string text(std::string_view name, std::string fallback = {}) const;
  std::vector<std::string> texts(std::string_view name) const;  // absent: none
  int number(std::string_view name, int fallback, int least, int most) const;
  std::optional<Duration> seconds(std::string_view name) const;   // a whole number
  std::optional<Duration> duration(std::string_view name) const;  // "55m", or seconds as a number

  // Throws for a member that is not one of these.
  void allow_only(std::initializer_list<std::string_view> names) const;
  [[noreturn]] void fail(std::string_view name, const std::string& fault) const;

 private:
  const nlohmann::json& object_;
  std::string owner_;
};

}  // namespace coffer::mock
