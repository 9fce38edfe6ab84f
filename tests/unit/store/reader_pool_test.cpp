#include "vault/store/reader_pool.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <future>

#include "tests/support/test_env.h"
#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::make_connection;
using testing::StoreFixture;

constexpr int kMostReaders = 8;

struct ReaderFixture : StoreFixture {
  void insert(int number) {
    vault.write([&](WriteTransaction& tx) {
      connection_store::insert(tx, make_connection("ca_" + std::to_string(number)));
    });
  }
};

std::int64_t count(Transaction& tx) {
  return connection_store::list(tx, {}).total;
}

TEST_CASE("a read sees all that was committed before it began", "[reader_pool]") {
  ReaderFixture f;
  for (int i = 1; i <= 20; ++i) {
    f.insert(i);
    CHECK(f.vault.read(count) == i);
    CHECK(f.vault.read(count) == i);
  }
}

TEST_CASE("a read stands on its snapshot while others commit", "[reader_pool]") {
  ReaderFixture f;
  const auto early = f.vault->read();
  CHECK(count(*early) == 0);
  f.insert(1);
  CHECK(count(*early) == 0);
  CHECK(f.vault.read(count) == 1);
}

TEST_CASE("a read sees nothing of a transaction that is not committed", "[reader_pool]") {
  ReaderFixture f;
  const auto tx = f.vault->write();
  connection_store::insert(*tx, make_connection());
  CHECK(f.vault.read(count) == 0);
}

TEST_CASE("every reader that comes back old is brought up to date", "[reader_pool]") {
  ReaderFixture f;
  std::vector<std::unique_ptr<ReadTransaction>> all;
  for (int i = 0; i < kMostReaders; ++i) {
    all.push_back(f.vault->read());
    CHECK(count(*all.back()) == 0);
  }
  all.clear();
  f.insert(1);
  for (int i = 0; i < kMostReaders; ++i) {
    all.push_back(f.vault->read());
    CHECK(count(*all.back()) == 1);
  }
}

// A connection beside the pool's, and a pool that is told of its commits one by one.
struct PoolFixture {
  PoolFixture() {
    writer.execute("PRAGMA journal_mode = WAL; CREATE TABLE connection (id TEXT, toolkit TEXT)");
  }

  void commit_row() { writer.execute("INSERT INTO connection VALUES ('ca_1', 'gmail')"); }
  int rows_read() {
    std::unique_ptr<Reader> reader = pool.take();
    const int rows = reader->connection.value_of("SELECT count(*) FROM connection");
    pool.give_back(std::move(reader));
    return rows;
  }

  testing::TempDir directory;
  const std::filesystem::path file = directory.path() / "pool.db";
  SqlConnection writer{created(file), SqlConnection::Access::Write};
  ReaderPool pool{file};

 private:
  static std::filesystem::path created(const std::filesystem::path& file) {
    std::ofstream{file};
    return file;
  }
};

TEST_CASE("after reads, a commit puts a reader on its snapshot before it is noted", "[reader_pool]") {
  PoolFixture f;
  CHECK(f.rows_read() == 0);
  f.commit_row();
  f.pool.note_commit();
  f.commit_row();  // not noted: a reader that begins now would see it
  CHECK(f.rows_read() == 1);
}

TEST_CASE("without reads a commit leaves the readers alone", "[reader_pool]") {
  PoolFixture f;
  f.commit_row();
  f.pool.note_commit();
  f.commit_row();
  CHECK(f.rows_read() == 2);
}

TEST_CASE("a read during a commit keeps the snapshot of the last one noted", "[reader_pool]") {
  PoolFixture f;
  CHECK(f.rows_read() == 0);
  f.commit_row();
  CHECK(f.rows_read() == 0);
  f.pool.note_commit();
  CHECK(f.rows_read() == 1);
}

TEST_CASE("idle readers do not stand in the way of a checkpoint", "[reader_pool]") {
  ReaderFixture f;
  f.insert(1);
  CHECK(f.vault.read(count) == 1);
  f.vault->checkpoint(true);
  CHECK(std::filesystem::file_size(f.vault.path().string() + "-wal") == 0);
  CHECK(f.vault.read(count) == 1);
}

TEST_CASE("a checkpoint that empties the log waits for reads, not for a moment without any",
          "[reader_pool]") {
  ReaderFixture f;
  f.insert(1);
  auto first = f.vault->read();
  CHECK(count(*first) == 1);
  auto emptied = std::async(std::launch::async, [&] { f.vault->checkpoint(true); });
  while (emptied.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    auto second = f.vault->read();
    CHECK(count(*second) == 1);
    first = std::move(second);
  }
  first.reset();
  emptied.get();
  CHECK(std::filesystem::file_size(f.vault.path().string() + "-wal") == 0);
}

TEST_CASE("a long run of commits does not grow the log without end", "[reader_pool]") {
  ReaderFixture f;
  for (int i = 0; i < 40; ++i) {
    f.vault.write([&](WriteTransaction& tx) {
      Connection connection = make_connection("ca_" + std::to_string(i));
      connection.identity = std::string(200'000, 'x');
      connection_store::insert(tx, connection);
    });
    f.vault.read(count);
  }
  // 8 MB were written; the log is moved into the file each 4 MiB.
  CHECK(std::filesystem::file_size(f.vault.path().string() + "-wal") < 6'000'000);
  CHECK(f.vault.read(count) == 40);
}

TEST_CASE("a log that one commit made long is cut back by the next ones", "[reader_pool]") {
  ReaderFixture f;
  const std::string log = f.vault.path().string() + "-wal";
  Connection large = make_connection("ca_large");
  large.identity = std::string(20'000'000, 'x');
  f.vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, large); });
  CHECK(std::filesystem::file_size(log) > 20'000'000);
  f.insert(1);
  CHECK(std::filesystem::file_size(log) <= 16 * 1024 * 1024);
}

TEST_CASE("a read waits while all readers are lent out, and is served when one comes back", "[reader_pool]") {
  ReaderFixture f;
  std::vector<std::unique_ptr<ReadTransaction>> all;
  for (int i = 0; i < kMostReaders; ++i) all.push_back(f.vault->read());
  auto late = std::async(std::launch::async, [&] { return f.vault.read(count); });
  CHECK(late.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
  f.insert(1);
  all.pop_back();
  CHECK(late.get() == 1);
}

TEST_CASE("a statement that fails leaves its reader usable", "[reader_pool]") {
  ReaderFixture f;
  CHECK(testing::code_of([&] { f.vault->read()->prepare("SELECT nonsense FROM nowhere"); }) ==
        ErrorCode::Storage);
  CHECK(f.vault.read(count) == 0);
}

}  // namespace
}  // namespace coffer
