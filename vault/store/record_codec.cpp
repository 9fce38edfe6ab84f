#include "vault/store/record_codec.h"

#include <array>

#include "vault/base/big_endian.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer {
namespace {

[[noreturn]] void throw_unreadable() {
  throw Error(ErrorCode::TamperedRow, "a sealed record cannot be decoded",
              "it may have been written by a newer release");
}

}  // namespace

RecordWriter::RecordWriter(std::uint8_t version) {
  byte(version);
}

RecordWriter& RecordWriter::byte(std::uint8_t value) {
  out_.append({&value, 1});
  return *this;
}

RecordWriter& RecordWriter::number(std::int64_t value) {
  std::array<std::uint8_t, sizeof value> bytes;
  put_big_endian(bytes.data(), static_cast<std::uint64_t>(value));
  out_.append(bytes);
  return *this;
}

RecordWriter& RecordWriter::size(std::size_t value) {
  std::array<std::uint8_t, sizeof(std::uint32_t)> bytes;
  put_big_endian(bytes.data(), static_cast<std::uint32_t>(value));
  out_.append(bytes);
  return *this;
}

RecordWriter& RecordWriter::text(std::string_view value) {
  size(value.size());
  out_.append(as_bytes(value));
  return *this;
}

RecordWriter& RecordWriter::key(const KeyBytes& value) {
  out_.append({value.data(), KeyBytes::kSize});
  return *this;
}

RecordWriter& RecordWriter::list(const std::vector<std::string>& values) {
  size(values.size());
  for (const std::string& value : values) text(value);
  return *this;
}

RecordWriter& RecordWriter::map(const std::map<std::string, std::string>& values) {
  size(values.size());
  for (const auto& [key, value] : values) text(key).text(value);
  return *this;
}

RecordWriter& RecordWriter::secrets(const std::map<std::string, Secret>& values) {
  size(values.size());
  for (const auto& [key, value] : values) text(key).secret(value);
  return *this;
}

RecordWriter& RecordWriter::time(const std::optional<Timestamp>& value) {
  byte(value ? 1 : 0);
  return value ? number(to_ms(*value)) : *this;
}

RecordReader::RecordReader(const Plaintext& record, std::uint8_t oldest, std::uint8_t newest)
    : rest_(record.bytes()), version_(byte()) {
  if (version_ < oldest || version_ > newest) throw_unreadable();
}

Bytes RecordReader::take(std::size_t size) {
  if (size > rest_.size()) throw_unreadable();
  const Bytes taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint8_t RecordReader::byte() {
  return take(1)[0];
}

std::int64_t RecordReader::number() {
  return static_cast<std::int64_t>(get_big_endian<std::uint64_t>(take(sizeof(std::uint64_t)).data()));
}

std::size_t RecordReader::size() {
  return get_big_endian<std::uint32_t>(take(sizeof(std::uint32_t)).data());
}

std::string_view RecordReader::view() {
  const Bytes bytes = take(size());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string RecordReader::text() {
  return std::string(view());
}

Secret RecordReader::secret() {
  return Secret(view());
}

KeyBytes RecordReader::key() {
  return KeyBytes(take(KeyBytes::kSize).first<KeyBytes::kSize>());
}

std::vector<std::string> RecordReader::list() {
  std::vector<std::string> values;
  for (std::size_t count = size(); count > 0; --count) values.push_back(text());
  return values;
}

std::map<std::string, std::string> RecordReader::map() {
  std::map<std::string, std::string> values;
  for (std::size_t count = size(); count > 0; --count) {
    std::string key = text();
    values.emplace(std::move(key), text());
  }
  return values;
}

std::map<std::string, Secret> RecordReader::secrets() {
  std::map<std::string, Secret> values;
  for (std::size_t count = size(); count > 0; --count) {
    std::string key = text();
    values.emplace(std::move(key), secret());
  }
  return values;
}

std::optional<Timestamp> RecordReader::time() {
  const std::uint8_t is_there = byte();
  if (is_there > 1) throw_unreadable();
  if (is_there == 0) return std::nullopt;
  return from_ms(number());
}

}  // namespace coffer
