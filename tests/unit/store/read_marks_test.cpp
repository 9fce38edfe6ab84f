#include "vault/store/read_marks.h"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

// SQLite's WAL-index format: the locks of the four marks are bytes 124 to 127 of the -shm file.
constexpr int kFirstMark = 124, kLastMark = 127;

// The marks that are locked now, by the kernel's own list. It joins neighbours of one holder.
int marks_taken(const std::filesystem::path& vault) {
  struct stat index {};
  REQUIRE(::stat((vault.string() + "-shm").c_str(), &index) == 0);
  std::ifstream locks("/proc/locks");
  REQUIRE(locks.is_open());
  int taken = 0;
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, mode, pid, file;
    int first = 0, last = 0;
    if (!(words >> number >> kind >> advisory >> mode >> pid >> file >> first >> last)) continue;
    if (!file.ends_with(":" + std::to_string(index.st_ino))) continue;
    taken += std::max(0, std::min(last, kLastMark) - std::max(first, kFirstMark) + 1);
  }
  return taken;
}

struct MarksFixture : testing::StoreFixture {
  void commit() {
    vault.write([&](WriteTransaction& tx) {
      connection_store::insert(tx, testing::make_connection("ca_" + std::to_string(++commits)));
    });
  }
  int marks() { return marks_taken(vault.path()); }

  int commits = 0;
};

TEST_CASE("each commit takes one more mark, until all four are taken", "[read_marks]") {
  MarksFixture f;
  f.commit();
  f.vault->checkpoint(true);
  CHECK(f.marks() == 0);
  for (const int taken : {1, 2, 3, 4, 4}) {
    f.commit();
    CHECK(f.marks() == taken);
  }
}

TEST_CASE("a checkpoint moves the whole log though all marks were taken", "[read_marks]") {
  MarksFixture f;
  for (int i = 0; i < 6; ++i) f.commit();
  REQUIRE(f.marks() == 4);
  f.vault->checkpoint(true);
  CHECK(f.marks() == 0);
  CHECK(std::filesystem::file_size(f.vault.path().string() + "-wal") == 0);
}

TEST_CASE("marks that cannot be taken cost nothing but speed", "[read_marks]") {
  ReadMarks marks("/nonexistent/vault.db");
  marks.take_one();
  marks.take_one();
  marks.release();
  SUCCEED();
}

}  // namespace
}  // namespace coffer
