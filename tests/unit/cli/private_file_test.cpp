#include "cli/commands/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/file_size_limit.h"
#include "tests/support/test_env.h"
#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::cli;
using coffer::testing::NoMoreSpace;
using coffer::testing::TempDir;

namespace {

ErrorCode code_of_reading(const std::filesystem::path& path) {
  try {
    read_private_file(path);
  } catch (const Error& error) {
    return error.code();
  }
  throw std::runtime_error("nothing was thrown");
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat info {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

}  // namespace

TEST_CASE("a private file is its owner's alone and reads back without its line end", "[cli]") {
  const TempDir directory;
  const auto path = directory.path() / "below" / "key";
  create_private_file(path, "secret\n");
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(path.parent_path()) == 0700);
  CHECK(read_private_file(path).expose() == "secret");
}

TEST_CASE("only one line end is taken off", "[cli]") {
  const TempDir directory;
  const auto path = directory.path() / "key";
  const auto [written, read] = GENERATE(table<std::string, std::string>(
      {{"a", "a"}, {"a\n", "a"}, {"a\r\n", "a"}, {"a\n\n", "a\n"}, {" a ", " a "}, {"", ""}}));
  create_private_file(path, written);
  CHECK(read_private_file(path).expose() == read);
}

TEST_CASE("a file is not made over another, nor through a link", "[cli]") {
  const TempDir directory;
  const auto path = directory.path() / "key";
  std::filesystem::create_symlink(directory.path() / "elsewhere", path);
  CHECK_THROWS_AS(create_private_file(path, "secret"), Error);
  CHECK_FALSE(std::filesystem::exists(directory.path() / "elsewhere"));
}

TEST_CASE("a file that cannot be written whole is not there at all", "[cli]") {
  const TempDir directory;
  const auto count = [&] { return std::distance(std::filesystem::directory_iterator(directory.path()), {}); };
  {
    const NoMoreSpace full;
    CHECK_THROWS_AS(create_private_file(directory.path() / "key", "secret"), Error);
    CHECK(count() == 0);
  }
  create_private_file(directory.path() / "key", "secret");
  CHECK(count() == 1);
}

TEST_CASE("what an attempt that was cut short left is not in the way", "[cli]") {
  const TempDir directory;
  const auto path = directory.path() / "key";
  std::ofstream(path.string() + "." + std::to_string(::getpid())) << "half";
  create_private_file(path, "secret");
  CHECK(read_private_file(path).expose() == "secret");
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("replacing leaves the new content and nothing beside it", "[cli]") {
  const TempDir directory;
  const auto path = directory.path() / "key";
  create_private_file(path, "old");
  replace_private_file(path, "new");
  CHECK(read_private_file(path).expose() == "new");
  CHECK(mode_of(path) == 0600);
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("a file that others can read is refused", "[cli]") {
  const TempDir directory;
  const auto path = directory.path() / "key";
  create_private_file(path, "secret");
  const mode_t mode = GENERATE(0640, 0604, 0660, 0666, 0610);
  ::chmod(path.c_str(), mode);
  CHECK(code_of_reading(path) == ErrorCode::UnsafePermissions);
}

TEST_CASE("what is missing or too large is told apart", "[cli]") {
  const TempDir directory;
  CHECK(code_of_reading(directory.path() / "absent") == ErrorCode::NotFound);
  create_private_file(directory.path() / "large", std::string((64 << 10) + 1, 'x'));
  CHECK(code_of_reading(directory.path() / "large") == ErrorCode::TooLarge);
  create_private_file(directory.path() / "fits", std::string(64 << 10, 'x'));
  CHECK(read_private_file(directory.path() / "fits").size() == 64 << 10);
}
