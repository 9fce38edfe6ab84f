#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

namespace coffer::api {

// The JSON Schema that a short notation stands for:
//   text, int, bool, object (of any members), any
//   [T]         a list              <T>   an object with members of any name
//   {a:T, b?:T} these members, of which b may be absent
//   (A B)       one of these texts  T|null
//   page<T>     a page of T         Name  a shared schema, in components/schemas
// Throws InvalidArgument for what is none.
nlohmann::json schema_of(std::string_view notation);

struct Notation {
  std::string_view name;
  std::string_view schema;
};

// What the routes of a dialect answer.
struct AnswerTable {
  std::span<const Notation> schemas;  // the shared ones
  std::span<const Notation> routes;   // by method and pattern, "GET /toolkits/:slug": when all went well
  std::string_view error = "Error";   // refusals and failures
};

}  // namespace coffer::api
