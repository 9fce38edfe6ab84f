#include "vault/store/credential_codec.h"

#include <utility>

#include "vault/base/error.h"
#include "vault/store/record_codec.h"

namespace coffer {
namespace {

constexpr std::uint8_t kVersion = 1;

// Part of the storage format.
enum Kind : std::uint8_t { kNone = 0, kTokenSet = 1, kApiKey = 2, kBearer = 3, kBasic = 4 };

struct Encoder {
  RecordWriter& out;

  void operator()(const std::monostate&) { out.byte(kNone); }
  void operator()(const TokenSet& set) {
    out.byte(kTokenSet).secret(set.access_token).secret(set.refresh_token).secret(set.previous_refresh_token);
    out.text(set.token_type).time(set.expires_at).list(set.scopes);
  }
  void operator()(const ApiKeyCredential& credential) { out.byte(kApiKey).secret(credential.key); }
  void operator()(const BearerCredential& credential) { out.byte(kBearer).secret(credential.token); }
  void operator()(const BasicCredential& credential) {
    out.byte(kBasic).text(credential.username).secret(credential.password);
  }
};

TokenSet decode_token_set(RecordReader& in) {
  TokenSet set;
  set.access_token = in.secret();
  set.refresh_token = in.secret();
  set.previous_refresh_token = in.secret();
  set.token_type = in.text();
  set.expires_at = in.time();
  set.scopes = in.list();
  return set;
}

BasicCredential decode_basic(RecordReader& in) {
  std::string username = in.text();
  return {std::move(username), in.secret()};
}

}  // namespace

Plaintext encode_credential(const Credential& credential) {
  RecordWriter out(kVersion);
  std::visit(Encoder{out}, credential);
  return out.finish();
}

Credential decode_credential(const Plaintext& record) {
  RecordReader in(record, kVersion);
  switch (in.byte()) {
    case kNone:
      return std::monostate();
    case kTokenSet:
      return decode_token_set(in);
    case kApiKey:
      return ApiKeyCredential{in.secret()};
    case kBearer:
      return BearerCredential{in.secret()};
    case kBasic:
      return decode_basic(in);
    default:
      throw Error(ErrorCode::TamperedRow, "a sealed credential is of an unknown kind");
  }
}

}  // namespace coffer
