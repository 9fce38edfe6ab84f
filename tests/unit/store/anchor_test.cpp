#include "vault/store/anchor.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>

#include "tests/unit/store/store_fixture.h"
#include "vault/store/audit_log.h"
#include "vault/store/document_store.h"
#include "vault/store/inspection.h"
#include "vault/store/key_rotation.h"
#include "vault/store/key_slots.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

using testing::code_of;
using testing::kStart;
using testing::make_connection;
using testing::StoreFixture;

// The vault's two files as they were at some time; an empty name for one that was not there.
struct Copy {
  std::string file;
  std::optional<std::string> log;
};

// A vault with an anchor in a directory of its own, closed.
struct AnchorFixture : StoreFixture {
  testing::TempDir state;
  const fs::path log = vault.path().string() + "-wal";

  AnchorFixture() {
    vault.close();
    anchors::set(location(), state.path(), kStart, env.random, *env.log);
  }
  VaultLocation location() { return {vault.path(), RawKey{testing::test_key()}, false}; }
  fs::path anchor_file() { return anchors::look(location(), *env.log).file; }
  void note(WriteTransaction& tx, const std::string& text) {
    document_store::put(tx, {"setting", "note", text, kStart, kStart});
  }
  // Opens, commits, and ends as a daemon does.
  void live(const std::string& text) {
    vault.open();
    vault.write([&](WriteTransaction& tx) { note(tx, text); });
    vault.close();
  }
  std::string noted() {
    const auto note = document_store::find(*vault->read(), "setting", "note");
    return note ? note->text : "";
  }
  Copy copy() {
    Copy taken{testing::file_bytes(vault.path()), std::nullopt};
    if (fs::exists(log)) taken.log = testing::file_bytes(log);
    return taken;
  }
  void restore(const Copy& from) {
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(vault.path().string() + suffix);
    std::ofstream(vault.path(), std::ios::binary) << from.file;
    if (!from.log) return;
    std::ofstream(log, std::ios::binary) << *from.log;
    ::chmod(log.c_str(), 0600);
  }
  std::optional<ErrorCode> refusal() {
    const auto code = code_of([&] { vault.open(); });
    if (!code) vault.close();
    return code;
  }
};

TEST_CASE("a whole older file is refused by what the anchor remembers, and stays as it is",
          "[anchor][tamper]") {
  AnchorFixture f;
  f.live("one");
  const Copy older = f.copy();
  f.live("two");
  const Copy newest = f.copy();
  f.restore(older);
  CHECK(f.refusal() == ErrorCode::WrongState);
  CHECK(testing::file_bytes(f.vault.path()) == older.file);
  CHECK(inspect(f.location(), *f.env.log).anchor_fault.find("older") != std::string::npos);
  CHECK(code_of([&] { key_rotation::rotate(f.location(), f.env.random, *f.env.log); }) ==
        ErrorCode::WrongState);
  f.restore(newest);
  CHECK_FALSE(f.refusal());
}

TEST_CASE("a copy from between two commits of one run is refused", "[anchor][tamper]") {
  AnchorFixture f;
  f.vault.open();
  f.vault.write([&](WriteTransaction& tx) { f.note(tx, "presented"); });
  const Copy between = f.copy();
  f.vault.write([&](WriteTransaction& tx) { f.note(tx, "answered"); });
  const Copy last = f.copy();
  f.vault.close();
  f.restore(between);
  CHECK(f.refusal() == ErrorCode::WrongState);
  f.restore(last);  // as a crash leaves it
  CHECK_FALSE(f.refusal());
}

TEST_CASE("a copy from before a key was taken away is older than the vault", "[anchor][slots][tamper]") {
  AnchorFixture f;
  f.live("one");
  KeyBytes second = testing::test_key();
  second.data()[0] ^= 1;
  key_slots::add(f.location(), RawKey{std::move(second)}, f.env.random);
  const Copy older = f.copy();
  key_slots::remove(f.location(), 2);
  const Copy newest = f.copy();
  f.restore(older);
  CHECK(f.refusal() == ErrorCode::WrongState);
  f.restore(newest);
  CHECK_FALSE(f.refusal());
}

// Snapshots of one life with checkpoints and restarts, and each file of each beside each log of each.
TEST_CASE("every mixture of older files and logs is refused, or is the newest vault", "[anchor][tamper]") {
  AnchorFixture f;
  std::vector<Copy> copies;
  f.vault.open();
  for (int step = 0; step < 12; ++step) {
    f.vault.write([&](WriteTransaction& tx) {
      f.note(tx, "step " + std::to_string(step));
      connection_store::insert(tx, make_connection("ca_" + std::to_string(step)));
    });
    if (step % 5 == 3) f.vault->checkpoint(step % 2 == 0);
    if (step == 7) f.vault.reopen();
    copies.push_back(f.copy());
  }
  f.vault.close();
  copies.push_back(f.copy());
  std::map<bool, int> outcomes;
  for (const Copy& file : copies) {
    for (const Copy& logged : copies) {
      f.restore({file.file, logged.log});
      const auto code = code_of([&] { f.vault.open(); });
      ++outcomes[code.has_value()];
      if (code) {
        REQUIRE((code == ErrorCode::WrongState || code == ErrorCode::CorruptHeader));
        continue;
      }
      REQUIRE(f.noted() == "step 11");
      REQUIRE(f.vault->check().empty());
      f.vault.close();
    }
  }
  CHECK(outcomes[true] > 130);
  CHECK(outcomes[false] > 1);
}

TEST_CASE("an older row under a newer log is found, though every index fits", "[anchor][tamper]") {
  AnchorFixture f;
  f.vault.open();
  f.vault.write([&](WriteTransaction& tx) {
    f.note(tx, "old");
    audit_log::append(tx, {0, kStart, "connected", ConnectionId("ca_1"), ""});
  });
  f.vault->checkpoint(true);
  const std::string older = f.copy().file;
  f.vault.write([&](WriteTransaction& tx) { f.note(tx, "new"); });
  f.vault->checkpoint(true);
  f.vault.write([](WriteTransaction& tx) {
    audit_log::append(tx, {0, kStart, "refreshed", ConnectionId("ca_1"), ""});
  });
  const Copy newest = f.copy();
  f.vault.close();
  f.restore({older, newest.log});
  CHECK(f.refusal() == ErrorCode::WrongState);
  f.restore(newest);
  CHECK_FALSE(f.refusal());
}

TEST_CASE("a vault with no anchor has none made, and one whose anchor is missing gets it back", "[anchor]") {
  AnchorFixture f;
  f.live("one");
  const Copy older = f.copy();
  f.live("two");
  const fs::path file = f.anchor_file();
  REQUIRE(file.parent_path() == f.state.path());
  fs::remove(file);
  CHECK_FALSE(anchors::look(f.location(), *f.env.log).was_seen);
  CHECK_FALSE(f.refusal());
  CHECK(anchors::look(f.location(), *f.env.log).was_seen);
  f.restore(older);
  CHECK(f.refusal() == ErrorCode::WrongState);
  anchors::remove(f.location(), kStart, f.env.random, *f.env.log);
  CHECK_FALSE(f.refusal());
  CHECK(anchors::look(f.location(), *f.env.log).file.empty());
}

TEST_CASE("an anchor that was edited, or others can write, is no anchor", "[anchor][tamper]") {
  AnchorFixture f;
  f.live("one");
  const fs::path file = f.anchor_file();
  ::chmod(file.c_str(), 0622);
  CHECK(f.refusal() == ErrorCode::UnsafePermissions);
  ::chmod(file.c_str(), 0600);
  std::string text = testing::file_bytes(file);
  const std::size_t at = GENERATE(as<std::size_t>(), 35, 60, 14);  // last digit, MAC, format
  text[at] = text[at] == '0' ? '1' : '0';
  std::ofstream(file, std::ios::binary) << text;
  CHECK(f.refusal() == ErrorCode::WrongState);
  anchors::accept(f.location(), f.env.random, *f.env.log);
  CHECK_FALSE(f.refusal());
}

TEST_CASE("an anchor that was emptied is no anchor, and not taken for a missing one", "[anchor][tamper]") {
  AnchorFixture f;
  f.live("one");
  const fs::path file = f.anchor_file();
  fs::resize_file(file, 0);
  CHECK(f.refusal() == ErrorCode::WrongState);
  CHECK(fs::file_size(file) == 0);
  anchors::accept(f.location(), f.env.random, *f.env.log);
  CHECK_FALSE(f.refusal());
}

TEST_CASE("an older vault that is accepted is newer than all that was seen", "[anchor]") {
  AnchorFixture f;
  f.live("one");
  const Copy older = f.copy();
  for (const char* text : {"two", "three", "four"}) f.live(text);
  const Copy newest = f.copy();
  f.restore(older);
  anchors::accept(f.location(), f.env.random, *f.env.log);
  f.vault.open();
  CHECK(f.noted() == "one");
  CHECK(f.vault->check().empty());
  f.vault.close();
  f.restore(newest);
  CHECK(f.refusal() == ErrorCode::WrongState);
  f.restore(older);
  CHECK(f.refusal() == ErrorCode::WrongState);
}

TEST_CASE("where the anchor is cannot be dropped from the file", "[anchor][tamper]") {
  AnchorFixture f;
  const std::string change = GENERATE(as<std::string>(), "DELETE FROM document WHERE kind = 'anchor'",
                                      "UPDATE document SET updated_at_ms = 1 WHERE kind = 'anchor'");
  CAPTURE(change);
  CHECK(code_of([&] { f.run(change); }) == ErrorCode::WrongState);
  f.vault.close();
  anchors::set(f.location(), f.state.path(), kStart, f.env.random, *f.env.log);
  CHECK_FALSE(f.refusal());
}

TEST_CASE("an older vault is not accepted by naming its anchor anew", "[anchor]") {
  AnchorFixture f;
  f.live("one");
  const Copy older = f.copy();
  f.live("two");
  f.live("three");
  f.restore(older);
  CHECK(code_of([&] { anchors::set(f.location(), f.state.path(), kStart, f.env.random, *f.env.log); }) ==
        ErrorCode::WrongState);
  CHECK(f.refusal() == ErrorCode::WrongState);
}

TEST_CASE("what cannot be made is not set as the anchor", "[anchor]") {
  AnchorFixture f;
  CHECK(code_of([&] { anchors::set(f.location(), "/proc/none", kStart, f.env.random, *f.env.log); }) ==
        ErrorCode::Storage);
  CHECK(f.anchor_file().parent_path() == f.state.path());
  CHECK_FALSE(f.refusal());
}

TEST_CASE("a rotation goes by the anchor and leaves the older keys' vault behind it", "[anchor][rotation]") {
  AnchorFixture f;
  f.live("one");
  const Copy older = f.copy();
  key_rotation::rotate(f.location(), f.env.random, *f.env.log);
  const Copy newest = f.copy();
  f.restore(older);
  CHECK(f.refusal() == ErrorCode::WrongState);
  f.restore(newest);
  CHECK_FALSE(f.refusal());
  CHECK(anchors::look(f.location(), *f.env.log).was_seen);
}

}  // namespace
}  // namespace coffer
