#include "vault/store/schema.h"

#include <algorithm>
#include <array>
#include <compare>
#include <iterator>
#include <string_view>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/crypto/keyring.h"
#include "vault/crypto/length_prefixed.h"
#include "vault/store/sql_query.h"

namespace coffer::schema {
namespace {

struct Object {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;

  auto operator<=>(const Object&) const = default;
  bool is_namesake_of(const Object& other) const { return type == other.type && name == other.name; }
};

// In order. A file can hold any number; far fewer are a vault's.
std::vector<Object> objects_of(SqlConnection& connection) {
  SqlQuery rows(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT 1000");
  std::vector<Object> objects;
  while (rows.step()) {
    Object& object = objects.emplace_back();
    for (std::string* field : {&object.type, &object.name, &object.table, &object.sql}) *field = rows.text();
  }
  std::sort(objects.begin(), objects.end());
  return objects;
}

// Of what the migrations make, version by version: to make it anew costs a millisecond at every start.
constexpr std::array<std::string_view, 2> kDigests = {
    "995b14287c66f5bffde394ff084eb2c7dcf8c02aa57662ba8d810d60833217b1",
    "3cb70084d59e5a7f26416090acdee94f65962bd30507dbaec72a442a11c65592",
};

std::string digest_of(const std::vector<Object>& objects) {
  LengthPrefixed bytes;
  for (const Object& object : objects) {
    for (const std::string* field : {&object.type, &object.name, &object.table, &object.sql})
      bytes.add(*field);
  }
  return to_hex(checksum(bytes.bytes()));
}

bool is_released(const std::vector<Object>& objects, migrations::Steps steps) {
  const bool is_listed = steps.data() == migrations::all().data() && steps.size() <= kDigests.size();
  return is_listed && !steps.empty() && digest_of(objects) == kDigests[steps.size() - 1];
}

std::vector<Object> objects_made_by(migrations::Steps steps) {
  SqlConnection blank(":memory:", SqlConnection::Access::Write);
  blank.execute("BEGIN");
  for (const char* step : steps) blank.execute(step);
  return objects_of(blank);
}

std::vector<Object> missing_from(const std::vector<Object>& others, const std::vector<Object>& objects) {
  std::vector<Object> missing;
  std::set_difference(objects.begin(), objects.end(), others.begin(), others.end(),
                      std::back_inserter(missing));
  return missing;
}

bool has_namesake(const std::vector<Object>& objects, const Object& object) {
  return std::any_of(objects.begin(), objects.end(),
                     [&](const Object& other) { return other.is_namesake_of(object); });
}

std::string described(const Object& object) {
  return clipped(object.type) + " " + in_quotes(object.name);
}

migrations::Steps steps_done(SqlConnection& connection, migrations::Steps steps) {
  const auto version = static_cast<std::size_t>(migrations::version_of(connection));
  return steps.first(std::min(version, steps.size()));
}

}  // namespace

bool has_known_digest(SqlConnection& connection) {
  return is_released(objects_of(connection), steps_done(connection, migrations::all()));
}

std::vector<std::string> differences(SqlConnection& connection, migrations::Steps steps) {
  const migrations::Steps done = steps_done(connection, steps);
  const std::vector<Object> found = objects_of(connection);
  if (is_released(found, done)) return {};
  const std::vector<Object> expected = objects_made_by(done);
  std::vector<std::string> lines;
  for (const Object& object : missing_from(expected, found)) {
    lines.push_back(described(object) +
                    (has_namesake(expected, object) ? " was redefined" : " does not belong to a vault"));
  }
  for (const Object& object : missing_from(found, expected)) {
    if (!has_namesake(found, object)) lines.push_back(described(object) + " is missing");
  }
  return lines;
}

void require_unchanged(SqlConnection& connection, migrations::Steps steps) {
  const std::vector<std::string> lines = differences(connection, steps);
  if (lines.empty()) return;
  throw Error(ErrorCode::CorruptHeader, "the vault's tables were changed from outside: " + lines.front(),
              "restore the vault from a backup; `coffer doctor` names all that was changed");
}

}  // namespace coffer::schema
