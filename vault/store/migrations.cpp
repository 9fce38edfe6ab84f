#include "vault/store/migrations.h"

#include <array>
#include <string>

#include "vault/base/error.h"

namespace coffer::migrations {
namespace {

// Append only: each step makes the version of its place in the list. The last column authenticates the row
// and feeds the set digest; for a connection, which is read most, that is a sealed record. Tables without
// such a column are authenticated as a whole by the header's MAC or, for data_key, by the wrapping.
constexpr std::array kSteps = {
    R"sql(
  CREATE TABLE header (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    format         INTEGER NOT NULL,
    min_reader     INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    vault_uuid     TEXT NOT NULL,
    preamble_sum   BLOB NOT NULL,
    root_epoch     INTEGER NOT NULL,
    header_sum     BLOB NOT NULL,
    header_mac     BLOB NOT NULL
  ) STRICT;

  CREATE TABLE key_slot (
    number       INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,
    salt         BLOB,
    passes       INTEGER NOT NULL,
    memory_bytes INTEGER NOT NULL,
    for_tests    INTEGER NOT NULL,
    root_epoch   INTEGER NOT NULL,
    commitment   BLOB NOT NULL,
    wrapped_root BLOB NOT NULL
  ) STRICT;

  CREATE TABLE set_digest (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    commits    INTEGER NOT NULL,
    row_count  INTEGER NOT NULL,
    digest     BLOB NOT NULL,
    digest_mac BLOB NOT NULL
  ) STRICT;

  CREATE TABLE data_key (
    id      INTEGER PRIMARY KEY,
    owner   TEXT NOT NULL UNIQUE,
    wrapped BLOB NOT NULL
  ) STRICT;

  CREATE TABLE auth_config (
    id               TEXT PRIMARY KEY,
    data_key_id      INTEGER NOT NULL,
    toolkit          TEXT NOT NULL,
    name             TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    is_managed       INTEGER NOT NULL,
    is_enabled       INTEGER NOT NULL,
    blocked_until_ms INTEGER,
    generation       INTEGER NOT NULL,
    created_at_ms    INTEGER NOT NULL,
    updated_at_ms    INTEGER NOT NULL,
    deleted_at_ms    INTEGER,
    details_sealed   BLOB,
    secret_sealed    BLOB,
    mac              BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX auth_config_managed ON auth_config (toolkit) WHERE is_managed = 1 AND deleted_at_ms IS NULL;

  CREATE TABLE connection (
    id                 TEXT PRIMARY KEY,
    user_ref           TEXT NOT NULL,
    data_key_id        INTEGER NOT NULL,
    toolkit            TEXT NOT NULL,
    auth_config_id     TEXT NOT NULL,
    scheme             TEXT NOT NULL,
    alias_ref          TEXT,
    status             TEXT NOT NULL,
    status_reason      TEXT NOT NULL,
    created_at_ms      INTEGER NOT NULL,
    updated_at_ms      INTEGER NOT NULL,
    connected_at_ms    INTEGER,
    expires_at_ms      INTEGER,
    next_refresh_at_ms INTEGER,
    refresh_state      TEXT NOT NULL,
    failures           INTEGER NOT NULL,
    generation         INTEGER NOT NULL,
    intent_id          TEXT,
    intent_attempt     INTEGER,
    intent_sent_at_ms  INTEGER,
    deleted_at_ms      INTEGER,
    credential_sealed  BLOB,
    account_sealed     BLOB NOT NULL
  ) STRICT;
  CREATE INDEX connection_user ON connection (user_ref, toolkit, status) WHERE deleted_at_ms IS NULL;
  CREATE INDEX connection_auth_config ON connection (auth_config_id) WHERE deleted_at_ms IS NULL;
  CREATE INDEX connection_next_refresh ON connection (next_refresh_at_ms) WHERE next_refresh_at_ms IS NOT NULL;
  CREATE INDEX connection_intent ON connection (intent_id) WHERE intent_id IS NOT NULL;

  CREATE TABLE link (
    token_hash          BLOB PRIMARY KEY,
    connection_id       TEXT NOT NULL,
    user_ref            TEXT NOT NULL,
    data_key_id         INTEGER NOT NULL,
    auth_config_id      TEXT NOT NULL,
    toolkit             TEXT NOT NULL,
    state               TEXT NOT NULL,
    created_at_ms       INTEGER NOT NULL,
    expires_at_ms       INTEGER NOT NULL,
    expected_generation INTEGER NOT NULL,
    state_hash          BLOB,
    browser_hash        BLOB,
    details_sealed      BLOB NOT NULL,
    verifier_sealed     BLOB,
    mac                 BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX link_state ON link (state_hash) WHERE state_hash IS NOT NULL;
  CREATE INDEX link_connection ON link (connection_id);
  CREATE INDEX link_expiry ON link (expires_at_ms);
  CREATE INDEX link_open ON link (expires_at_ms) WHERE state IN ('FRESH', 'BEGUN');

  CREATE TABLE session (
    id             TEXT PRIMARY KEY,
    user_ref       TEXT NOT NULL,
    data_key_id    INTEGER NOT NULL,
    config_version INTEGER NOT NULL,
    created_at_ms  INTEGER NOT NULL,
    details_sealed BLOB NOT NULL,
    mac            BLOB NOT NULL
  ) STRICT;
  CREATE INDEX session_user ON session (user_ref);

  CREATE TABLE subscription (
    id             TEXT PRIMARY KEY,
    data_key_id    INTEGER NOT NULL,
    is_hidden      INTEGER NOT NULL,
    is_enabled     INTEGER NOT NULL,
    created_at_ms  INTEGER NOT NULL,
    updated_at_ms  INTEGER NOT NULL,
    details_sealed BLOB NOT NULL,
    mac            BLOB NOT NULL
  ) STRICT;

  CREATE TABLE event (
    id            TEXT PRIMARY KEY,
    data_key_id   INTEGER NOT NULL,
    type          TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    body_sealed   BLOB NOT NULL,
    mac           BLOB NOT NULL
  ) STRICT;
  CREATE INDEX event_connection ON event (connection_id);

  CREATE TABLE delivery (
    id                 INTEGER PRIMARY KEY,
    event_id           TEXT NOT NULL,
    subscription_id    TEXT NOT NULL,
    connection_id      TEXT NOT NULL,
    state              TEXT NOT NULL,
    attempt            INTEGER NOT NULL,
    next_attempt_at_ms INTEGER NOT NULL,
    http_status        INTEGER,
    failure            TEXT NOT NULL,
    mac                BLOB NOT NULL
  ) STRICT;
  CREATE INDEX delivery_due ON delivery (next_attempt_at_ms) WHERE state = 'PENDING';
  CREATE INDEX delivery_order ON delivery (subscription_id, connection_id, id) WHERE state = 'PENDING';

  CREATE TABLE audit (
    sequence      INTEGER PRIMARY KEY,
    at_ms         INTEGER NOT NULL,
    action        TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    detail        TEXT NOT NULL,
    mac           BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_connection ON audit (connection_id);

  CREATE TABLE api_key (
    key_hash      BLOB PRIMARY KEY,
    name          TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    mac           BLOB NOT NULL
  ) STRICT;
)sql",
    R"sql(
  CREATE TABLE document (
    kind          TEXT NOT NULL,
    id            TEXT NOT NULL,
    data_key_id   INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    text_sealed   BLOB NOT NULL,
    mac           BLOB NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT;
)sql",
};

}  // namespace

Steps all() {
  return kSteps;
}

int version_of(SqlConnection& connection) {
  return connection.value_of("PRAGMA user_version");
}

void require_newest(SqlConnection& connection, Steps steps) {
  const int version = version_of(connection);
  if (version == std::ssize(steps)) return;
  throw Error(ErrorCode::WrongState,
              "the vault has schema " + std::to_string(version) + " of an older release",
              "start `coffer serve` once, which brings it to schema " + std::to_string(steps.size()));
}

void apply(SqlConnection& connection, Steps steps, int from) {
  connection.execute(steps[static_cast<std::size_t>(from)]);
  connection.execute("PRAGMA user_version = " + std::to_string(from + 1));
}

}  // namespace coffer::migrations
