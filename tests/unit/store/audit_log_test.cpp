#include "vault/store/audit_log.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using audit_log::Entry;
using testing::StoreFixture;

const ConnectionId kAccount("ca_1");

struct AuditFixture : StoreFixture {
  void append(const std::string& action, const std::string& account = "ca_1",
              const std::string& detail = "") {
    vault.write([&](WriteTransaction& tx) {
      audit_log::append(tx, {0, from_ms(testing::kStartMs), action, ConnectionId(account), detail});
    });
  }
  std::vector<Entry> list(std::int64_t limit = 100) {
    return vault.read([&](Transaction& tx) { return audit_log::list(tx, kAccount, limit); });
  }
  std::int64_t first_broken() {
    return vault.read([](Transaction& tx) { return audit_log::first_broken(tx); });
  }
};

struct FourEntries : AuditFixture {
  FourEntries() {
    append("connected");
    append("connected", "ca_2");
    append("refreshed", "ca_1", "detail");
    append("revoked");
  }
};

TEST_CASE("an account's audit entries come newest first, numbered as they were made", "[audit]") {
  FourEntries f;
  f.vault.reopen();
  const std::vector<Entry> entries = f.list();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].action == "revoked");
  CHECK(entries[0].sequence == 4);
  CHECK(entries[1].action == "refreshed");
  CHECK(entries[1].detail == "detail");
  CHECK(entries[1].sequence == 3);
  CHECK(entries[2].sequence == 1);
  CHECK(entries[2].at == from_ms(testing::kStartMs));
  CHECK(f.list(1).size() == 1);
  CHECK(f.list(0).empty());
  CHECK(f.first_broken() == 0);
}

TEST_CASE("an entry of a transaction that was not committed does not exist", "[audit]") {
  AuditFixture f;
  {
    const auto tx = f.vault->write();
    audit_log::append(*tx, {0, from_ms(1), "connected", kAccount, ""});
  }
  CHECK(f.list().empty());
  f.append("refreshed");
  CHECK(f.list().at(0).sequence == 1);
  CHECK(f.vault->check().empty());
}

TEST_CASE("an edited entry breaks the chain there and is not shown", "[audit][tamper]") {
  const std::string change = GENERATE(as<std::string>(), "action = 'connected'", "detail = ''", "at_ms = 1",
                                      "mac = (SELECT o.mac FROM audit AS o WHERE o.sequence = 2)");
  CAPTURE(change);
  FourEntries f;
  f.edit("UPDATE audit SET " + change + " WHERE sequence = 3");
  CHECK(f.first_broken() == 3);
  for (const Entry& entry : f.list()) CHECK(entry.sequence != 3);
  CHECK_FALSE(f.list().empty());
  CHECK(f.env.log_text.find("audit entry 3") != std::string::npos);
  CHECK(f.check_names("entry 3"));
}

TEST_CASE("an entry moved to another account breaks the chain", "[audit][tamper]") {
  FourEntries f;
  f.edit("UPDATE audit SET connection_id = 'ca_1' WHERE sequence = 2");
  CHECK(f.first_broken() == 2);
  CHECK(f.list().size() == 3);
}

TEST_CASE("an entry taken out of the middle breaks the chain", "[audit][tamper]") {
  FourEntries f;
  f.edit("DELETE FROM audit WHERE sequence = 2");
  CHECK(f.first_broken() == 3);
}

TEST_CASE("entries that changed places break the chain", "[audit][tamper]") {
  FourEntries f;
  f.run(
      "UPDATE audit SET sequence = 9 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4;"
      "UPDATE audit SET sequence = 4 WHERE sequence = 9");
  CHECK(f.first_broken() == 3);
}

TEST_CASE("entries cut off the end leave the chain whole and are missed by the set digest",
          "[audit][tamper]") {
  FourEntries f;
  f.edit("DELETE FROM audit WHERE sequence = 4");
  CHECK(f.first_broken() == 0);
  CHECK(f.check_names("set digest"));
}

struct PrunedLog : AuditFixture {
  // Six entries, a day apart.
  PrunedLog() {
    for (int day = 1; day <= 6; ++day) {
      vault.write([&](WriteTransaction& tx) {
        audit_log::append(tx, {0, PrunedLog::day(day), "refreshed", kAccount, std::to_string(day)});
      });
    }
  }
  std::int64_t prune(Retention keep) {
    return vault.write([&](WriteTransaction& tx) { return audit_log::prune(tx, keep, day(7)); });
  }
  std::vector<std::string> details() {
    std::vector<std::string> texts;
    for (const Entry& entry : list()) texts.push_back(entry.detail);
    return texts;
  }
  static Timestamp day(int number) { return from_ms(testing::kStartMs) + std::chrono::hours(24 * number); }
};

using Texts = std::vector<std::string>;

TEST_CASE("entries that are too old go, and the chain goes on from where it was cut", "[audit]") {
  PrunedLog f;
  CHECK(f.prune({.since = f.day(4), .most = 100, .at_once = 2}) == 2);
  CHECK(f.details() == Texts{"6", "5", "4", "3"});
  CHECK(f.first_broken() == 0);
  CHECK(f.prune({.since = f.day(4), .most = 100}) == 1);
  CHECK(f.prune({.since = f.day(4), .most = 100}) == 0);
  f.append("revoked");
  CHECK(f.details() == Texts{"", "6", "5", "4"});
  CHECK(f.list(1).front().sequence == 7);
  CHECK(f.first_broken() == 0);
  CHECK(f.vault->check().empty());
}

TEST_CASE("of many entries the newest are kept, and one always", "[audit]") {
  PrunedLog f;
  CHECK(f.prune({.since = f.day(0), .most = 4}) == 2);
  CHECK(f.details() == Texts{"6", "5", "4", "3"});
  CHECK(f.prune({.since = f.day(9), .most = 0}) == 3);
  CHECK(f.details() == Texts{"6"});
  CHECK(f.first_broken() == 0);
}

TEST_CASE("without the note of the cut the chain is broken", "[audit][tamper]") {
  PrunedLog f;
  f.prune({.since = f.day(4), .most = 100});
  const std::string edit = GENERATE(as<std::string>(), "DELETE FROM document WHERE kind = 'audit'",
                                    "UPDATE document SET updated_at_ms = 1 WHERE kind = 'audit'");
  CAPTURE(edit);
  f.edit(edit);
  CHECK(f.first_broken() == 4);
  CHECK(f.check_names("audit log"));
}

TEST_CASE("more entries taken off the front than were cut break the chain", "[audit][tamper]") {
  PrunedLog f;
  f.prune({.since = f.day(4), .most = 100});
  f.edit("DELETE FROM audit WHERE sequence = 4");
  CHECK(f.first_broken() == 5);
}

TEST_CASE("an entry that breaks the chain is not removed with what is old", "[audit][tamper]") {
  PrunedLog f;
  f.edit("UPDATE audit SET detail = 'x' WHERE sequence = 3");
  CHECK(f.prune({.since = f.day(9), .most = 0}) == 2);
  CHECK(f.first_broken() == 3);
}

}  // namespace
}  // namespace coffer
