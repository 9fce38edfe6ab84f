#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/secret.h"
#include "vault/crypto/plaintext.h"

namespace coffer {

// The inside of a sealed record: a version byte and then fields in a fixed order, without names.
// Numbers are eight bytes, texts four bytes of length and their bytes, lists four bytes of count
// and their texts, all most significant byte first; an optional starts with a byte 0 or 1.
class RecordWriter {
 public:
  explicit RecordWriter(std::uint8_t version);

  RecordWriter& byte(std::uint8_t value);
  RecordWriter& number(std::int64_t value);
  RecordWriter& text(std::string_view value);
  RecordWriter& secret(const Secret& value) { return text(value.expose()); }
  RecordWriter& key(const KeyBytes& value);  // its 32 bytes
  RecordWriter& list(const std::vector<std::string>& values);
  RecordWriter& map(const std::map<std::string, std::string>& values);
  RecordWriter& secrets(const std::map<std::string, Secret>& values);  // as a map of texts
  RecordWriter& time(const std::optional<Timestamp>& value);

  Plaintext finish() { return std::move(out_); }

 private:
  RecordWriter& size(std::size_t value);

  Plaintext out_;
};

// Throws Error{TamperedRow} for a record of another version or one that ends too early.
class RecordReader {
 public:
  // `record` must outlive the reader.
  RecordReader(const Plaintext& record, std::uint8_t version) : RecordReader(record, version, version) {}
  RecordReader(const Plaintext& record, std::uint8_t oldest, std::uint8_t newest);

  std::uint8_t version() const { return version_; }

  std::uint8_t byte();
  std::int64_t number();
  std::string text();
  Secret secret();
  KeyBytes key();
  std::vector<std::string> list();
  std::map<std::string, std::string> map();
  std::map<std::string, Secret> secrets();
  std::optional<Timestamp> time();

 private:
  Bytes take(std::size_t size);
  std::size_t size();
  std::string_view view();

  Bytes rest_;
  std::uint8_t version_;
};

}  // namespace coffer
