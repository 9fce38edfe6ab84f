#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vault/crypto/key_slot.h"
#include "vault/crypto/keyring.h"
#include "vault/crypto/length_prefixed.h"
#include "vault/store/header.h"
#include "vault/store/sql_connection.h"

// The rows behind vault/store/header.h: the header, its sums, and the key slots.
namespace coffer::header {

inline constexpr std::uint32_t kFirstEpoch = 1;

struct Preamble {
  std::int64_t format = kFirstFormat;
  std::int64_t min_reader = kFirstFormat;  // the oldest format whose readers can read this one
  std::int64_t schema_version = 0;
  std::string vault_uuid;
};

struct Contents {
  Preamble preamble;
  std::uint32_t root_epoch = kFirstEpoch;
  std::vector<KeySlot> slots;
};

struct StoredContents {
  Contents contents;
  std::vector<std::uint8_t> mac;  // as the row has it: the caller's to check
};

// Throws CorruptHeader with this fact.
[[noreturn]] void throw_corrupt(const std::string& fact);

// What the sum and the MAC are made over.
LengthPrefixed header_bytes(const Contents& contents);

// Throws CorruptHeader, and so does read_contents(). The columns that it reads stay as they are in every
// format, so that any release can tell a newer vault from a damaged one.
Preamble read_preamble(SqlConnection& connection);
// After the preamble, which says whether this release knows the rest.
StoredContents read_contents(SqlConnection& connection, const Preamble& preamble);

// Says that the file is a vault. In the caller's transaction, as the two below.
void mark_file(SqlConnection& connection);
void write_header(SqlConnection& connection, const Contents& contents, const Keyring& keys);
void write_slot(SqlConnection& connection, const KeySlot& slot);

}  // namespace coffer::header
