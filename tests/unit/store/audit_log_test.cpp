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

}  // namespace
}  // namespace coffer
