#include "vault/crypto/key_material.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/support/test_env.h"
#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;
namespace fs = std::filesystem;

namespace {

struct KeyDirectory {
  TempDir temp;

  fs::path file(const std::string& name, const std::string& content, mode_t mode = 0600) const {
    const fs::path path = temp.path() / name;
    std::ofstream(path, std::ios::binary) << content;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
  }
};

std::string error_of_reading(const fs::path& path, bool private_to_owner = true) {
  return error_of([&] { read_key_file(path, private_to_owner); });
}

// $CREDENTIALS_DIRECTORY for as long as the object lives.
struct CredentialsDirectory {
  explicit CredentialsDirectory(const fs::path& path) { ::setenv("CREDENTIALS_DIRECTORY", path.c_str(), 1); }
  ~CredentialsDirectory() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
};

const std::string kContent = "0123456789abcdef0123456789abcdef";

}  // namespace

TEST_CASE("a key file is its 32 bytes", "[crypto]") {
  const KeyDirectory dir;
  const KeyBytes key = read_key_file(dir.file("key", kContent));
  CHECK(to_hex(bytes_of(key)) == to_hex(as_bytes(kContent)));
}

TEST_CASE("a key file of any other size is refused", "[crypto]") {
  const KeyDirectory dir;
  for (const std::size_t size : {0, 1, 31, 33, 4096}) {
    CAPTURE(size);
    const fs::path path = dir.file("key", std::string(size, 'k'));
    CHECK(error_of_reading(path) ==
          "wrong_key: key file " + path.string() + " does not hold exactly 32 bytes");
  }
}

TEST_CASE("a key file that others can read or write is refused", "[crypto]") {
  const KeyDirectory dir;
  for (const mode_t mode : {0604, 0640, 0602, 0620, 0601, 0644, 0777}) {
    CAPTURE(mode);
    const fs::path path = dir.file("key", kContent, mode);
    CHECK(error_of_reading(path) ==
          "unsafe_permissions: key file " + path.string() + " can be read by others");
  }
  CHECK(error_of_reading(dir.file("key", kContent, 0400)) == "no error");
}

TEST_CASE("a key file behind a symbolic link is refused", "[crypto]") {
  const KeyDirectory dir;
  const fs::path link = dir.temp.path() / "link";
  fs::create_symlink(dir.file("key", kContent), link);
  CHECK(error_of_reading(link) == "unsafe_permissions: key file " + link.string() + " is a symbolic link");
}

TEST_CASE("a key is read from nothing but a regular file, without waiting", "[crypto]") {
  const KeyDirectory dir;
  const fs::path pipe = dir.temp.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const fs::path& path : {dir.temp.path(), pipe}) {
    CHECK(error_of_reading(path) == "wrong_key: key file " + path.string() + " is not a regular file");
  }
}

TEST_CASE("a key file that is not there is named", "[crypto]") {
  const KeyDirectory dir;
  const fs::path path = dir.temp.path() / "none";
  CHECK(error_of_reading(path) == "not_found: key file " + path.string() + ": No such file or directory");
}

TEST_CASE("a new key file is private, random and never an old one", "[crypto]") {
  const KeyDirectory dir;
  const fs::path path = dir.temp.path() / "key";
  SeededRandom random(1);
  create_key_file(path, random);
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const KeyBytes first = read_key_file(path);
  CHECK(error_of([&] { create_key_file(path, random); }) ==
        "conflict: key file " + path.string() + ": File exists");
  CHECK(read_key_file(path) == first);
  create_key_file(dir.temp.path() / "other", random);
  CHECK_FALSE(read_key_file(dir.temp.path() / "other") == first);
}

TEST_CASE("a systemd credential is a file of $CREDENTIALS_DIRECTORY", "[crypto]") {
  const KeyDirectory dir;
  const CredentialsDirectory set(dir.temp.path());
  dir.file("master-key", kContent, 0440);  // systemd's own mode
  CHECK(to_hex(bytes_of(read_systemd_credential({}))) == to_hex(as_bytes(kContent)));
  for (const std::string name : {"", "../master-key", "/etc/passwd", "a/b"}) {
    CHECK(error_of([&] { read_systemd_credential({name}); }) ==
          "invalid_argument: credential name \"" + name + "\" is not a file name");
  }
}

TEST_CASE("without systemd there is no credential", "[crypto]") {
  ::unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(error_of([] { read_systemd_credential({}); }) == "not_found: CREDENTIALS_DIRECTORY is not set");
}

TEST_CASE("the cost of a passphrase has a floor and a ceiling", "[crypto]") {
  constexpr std::uint64_t kMiB = 1 << 20;
  const auto is_allowed = [](PassphraseCost cost) {
    return error_of([&] { check_cost(cost); }) == "no error";
  };
  CHECK(is_allowed(PassphraseCost()));
  CHECK(is_allowed({2, 64 * kMiB, false}));
  CHECK(is_allowed({10, 1024 * kMiB, false}));
  CHECK_FALSE(is_allowed({1, 64 * kMiB, false}));
  CHECK_FALSE(is_allowed({2, 64 * kMiB - 1, false}));
  CHECK_FALSE(is_allowed({11, 64 * kMiB, false}));
  CHECK_FALSE(is_allowed({2, 1024 * kMiB + 1, false}));
  CHECK(is_allowed({1, 8192, true}));
  CHECK_FALSE(is_allowed({11, 8192, true}));
  CHECK_FALSE(is_allowed({1, 1024 * kMiB + 1, true}));
}

// printf 'correct horse battery staple' | argon2 0123456789abcdef -id -t 2 -k 64 -p 1 -l 32 -v 13 -r
TEST_CASE("a passphrase becomes a key by Argon2id", "[crypto]") {
  const KeyBytes key =
      derive_key(Secret("correct horse battery staple"), as_bytes("0123456789abcdef"), {2, 64 << 10, true});
  CHECK(to_hex(bytes_of(key)) == "800c095b9bf1e62b67d95f4a1e51148f2502ae90d880ac907f480c6871b1d61e");
}

TEST_CASE("an empty passphrase is refused", "[crypto]") {
  CHECK(error_of([] {
          derive_key(Secret(), as_bytes("0123456789abcdef"), {2, 64 << 10, true});
        }) == "invalid_argument: the passphrase is empty");
}
