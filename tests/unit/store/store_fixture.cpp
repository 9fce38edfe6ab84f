#include "tests/unit/store/store_fixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

namespace coffer::testing {

std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void StoreFixture::run(const std::string& sql) {
  vault.close();
  SQLite::Database(vault.path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  vault.open();
}

void StoreFixture::edit(const std::string& sql) {
  vault.close();
  REQUIRE(SQLite::Database(vault.path().string(), SQLite::OPEN_READWRITE).exec(sql) == 1);
  vault.open();
}

std::string StoreFixture::ask(const std::string& sql) {
  vault.close();
  std::string answer;
  {
    SQLite::Database file(vault.path().string(), SQLite::OPEN_READWRITE);
    answer = file.execAndGet(sql).getString();
  }
  vault.open();
  return answer;
}

std::string StoreFixture::bytes() {
  vault->checkpoint(true);
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(vault.directory())) {
    all += file_bytes(file.path());
  }
  return all;
}

bool StoreFixture::check_names(const std::string& what) {
  const std::vector<std::string> faults = vault->check();
  return std::any_of(faults.begin(), faults.end(),
                     [&](const std::string& fault) { return fault.find(what) != std::string::npos; });
}

}  // namespace coffer::testing
