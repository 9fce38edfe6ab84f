#include "vault/store/credential_codec.h"

#include <utility>

#include "vault/base/error.h"
#include "vault/store/record_codec.h"

namespace coffer {
namespace {

constexpr std::uint8_t kVersion = 1;

// Part of the storage format.
enum Kind : std::uint8_t {
  kNone = 0,
  kTokenSet = 1,
  kApiKey = 2,
  kBearer = 3,
  kBasic = 4,
  kFields = 5,
  kTokenSetOfClient = 6,
  kClientGrant = 7,
  kEndingTokenSet = 8,  // whose refresh token has an end of its own
};

Kind kind_of(const TokenSet& set) {
  if (set.is_client_grant) return kClientGrant;
  if (set.refresh_expires_at) return kEndingTokenSet;
  return set.client.client_id.empty() ? kTokenSet : kTokenSetOfClient;
}

struct Encoder {
  RecordWriter& out;

  void operator()(const std::monostate&) { out.byte(kNone); }
  void operator()(const TokenSet& set) {
    const Kind kind = kind_of(set);
    out.byte(kind).secret(set.access_token).secret(set.refresh_token).secret(set.previous_refresh_token);
    out.text(set.token_type).time(set.expires_at).list(set.scopes);
    if (kind != kTokenSet) out.text(set.client.client_id).secret(set.client.client_secret);
    if (kind == kEndingTokenSet) out.time(set.refresh_expires_at);
  }
  void operator()(const ApiKeyCredential& credential) { out.byte(kApiKey).secret(credential.key); }
  void operator()(const BearerCredential& credential) { out.byte(kBearer).secret(credential.token); }
  void operator()(const BasicCredential& credential) {
    out.byte(kBasic).text(credential.username).secret(credential.password);
  }
  void operator()(const FieldsCredential& credential) {
    out.byte(kFields).map(credential.names).secrets(credential.secrets);
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

TokenSet decode_token_set_of_client(RecordReader& in, std::uint8_t kind) {
  TokenSet set = decode_token_set(in);
  set.is_client_grant = kind == kClientGrant;
  set.client.client_id = in.text();
  set.client.client_secret = in.secret();
  if (kind == kEndingTokenSet) set.refresh_expires_at = in.time();
  return set;
}

FieldsCredential decode_fields(RecordReader& in) {
  FieldsCredential credential;
  credential.names = in.map();
  credential.secrets = in.secrets();
  return credential;
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
  const std::uint8_t kind = in.byte();
  switch (kind) {
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
    case kFields:
      return decode_fields(in);
    case kTokenSetOfClient:
    case kClientGrant:
    case kEndingTokenSet:
      return decode_token_set_of_client(in, kind);
    default:
      throw Error(ErrorCode::TamperedRow, "a sealed credential is of an unknown kind");
  }
}

}  // namespace coffer
