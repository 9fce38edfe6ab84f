#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/random.h"

namespace coffer::mock {

inline constexpr Duration kCodeLifetime = std::chrono::seconds(60);

// What presenting a refresh token does to it.
enum class Rotation {
  Keep,      // it stays the only one; a refresh gives no new one
  Strict,    // a new one is given; the old one is only good within the reuse window
  Additive,  // a new one is given, and the old one stays good beside it
};

// What a replaced refresh token gives that comes again within the reuse window.
enum class Reuse {
  AnotherPair,    // a further successor each time
  SameSuccessor,  // the successor that was given already, as long as that one was not used
};

struct Token;
struct Family;

// How one provider issues tokens.
struct TokenPolicy {
  std::optional<Duration> access_lifetime = std::chrono::hours(1);  // absent: does not expire
  std::optional<Duration> refresh_lifetime;                         // of each refresh token
  std::optional<Duration> refresh_absolute;  // of all refresh tokens of a grant, from its birth
  std::optional<Duration> refresh_idle;      // an unused refresh token is dead after so long
  // A refresh is refused until so long before the end of the newest access token; absent: never.
  std::optional<Duration> refresh_opens;
  Rotation rotation = Rotation::Strict;
  Duration reuse_window{0};
  Reuse reuse = Reuse::AnotherPair;
  bool reuse_ends_family = true;     // a replaced token that comes again after the window
  bool gives_refresh_tokens = true;  // whatever the consent says
  std::size_t refresh_limit = 0;     // refreshes of one grant within the window; 0: no bound
  Duration refresh_limit_window{0};
  std::size_t max_access_tokens = 0;     // of one grant; the oldest dies; 0: no bound
  bool refresh_ends_old_access = false;  // a refresh kills the access tokens given before
  std::size_t max_families = 0;          // of one account and client; the oldest ends; 0: no bound
  // Makes an access token's value, but for its signature, which the other adds on any thread; empty: an
  // opaque one. A companion's are always opaque.
  std::function<std::string(const Token&, const Family&)> make_access;
  std::function<std::string(const std::string&)> sign_access;
  std::string access_prefix = "mat_";
  std::string refresh_prefix = "mrt_";
  std::string code_prefix = "mac_";
  std::string companion_access_prefix;  // of a companion's tokens
  std::string companion_refresh_prefix;
};

// What the person consented to: the birth of a grant.
struct Consent {
  std::string provider;
  std::string client_id;
  std::string account;
  std::vector<std::string> scopes;
  std::string redirect_uri;
  std::string code_challenge;             // S256; empty: none was sent
  std::string nonce;                      // OpenID Connect Core section 3.1.2.1; empty: none was sent
  std::vector<std::string> resources;     // RFC 8707; empty: none was named
  std::optional<Timestamp> signed_in_at;  // absent: nobody did
  bool gives_refresh_token = true;
  std::optional<Duration> access_lifetime;  // chosen on the consent page, instead of the policy's
  // What a second grant of the same consent may do, such as that of an application's bot; empty: there is
  // none.
  std::vector<std::string> companion_scopes;
  bool is_companion = false;
};

// One consent and every token that came of it.
struct Family {
  std::string id;  // fam_
  std::string provider;
  std::string client_id;
  std::string account;
  std::vector<std::string> scopes;
  std::vector<std::string> resources;
  std::optional<Timestamp> signed_in_at;
  std::optional<Duration> access_lifetime;
  bool is_companion = false;
  Timestamp created_at;
  std::optional<Timestamp> access_ends;  // of the newest access token
  std::string ended_because = {};        // empty: alive

  bool is_alive() const { return ended_because.empty(); }
};

enum class TokenKind { Access, Refresh };

// `id` and `parent` name tokens in the journal, where their values never stand.
struct Token {
  TokenKind kind = TokenKind::Access;
  std::string id;      // at_ or rt_
  std::string parent;  // id of the code or refresh token that it was given for
  std::string family;
  std::vector<std::string> scopes;
  std::vector<std::string> resources;  // what it is for (RFC 8707); empty: everything here
  Timestamp issued_at;
  std::optional<Timestamp> expires_at;
  bool is_revoked = false;
  std::optional<Timestamp> replaced_at;  // refresh tokens: when the first successor was given
  std::string successor;                 // value of that one
  Timestamp last_used_at;
};

struct IssuedTokens {
  std::string access_token;
  std::string refresh_token;  // empty: none is given
  std::optional<Duration> expires_in;
  std::optional<Duration> refresh_expires_in;
  std::vector<std::string> scopes;
  std::string account;
  std::optional<Timestamp> signed_in_at;
  std::string nonce;  // with the answer to a code alone
  std::string family;
  std::string access_id;
  std::string refresh_id;
  std::string parent;             // id of what was presented
  std::string issued_token_type;  // of a token exchange alone (RFC 8693 section 2.2.1)
  bool is_companion = false;
  std::vector<IssuedTokens> companion;  // at most one, with the answer to a code alone
};

// An RFC 6749 section 5.2 error.
struct Refusal {
  std::string error;
  std::string description;
  std::string family = {};  // what it concerns, if that is known
  std::string parent = {};
};

using GrantOutcome = std::variant<IssuedTokens, Refusal>;

// A code as it is presented for redemption.
struct Redemption {
  std::string_view code;
  std::string_view provider;
  std::string_view client_id;
  std::string_view redirect_uri;
  std::string_view code_verifier;
  std::vector<std::string> resources = {};  // empty: those of the authorization request
};

struct RefreshRequest {
  std::string_view refresh_token;
  std::string_view provider;
  std::string_view client_id;
  std::vector<std::string> scopes;          // empty: all that were granted
  std::vector<std::string> resources = {};  // likewise
};

// Codes, access and refresh tokens and their families. Pure but for the clock and the randomness
// handed in. One thread at a time.
class Grants {
 public:
  Grants(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  // A single-use authorization code, good for kCodeLifetime.
  std::string issue_code(Consent consent, const TokenPolicy& policy);
  // A living grant of this account to this client exists.
  bool has_consented(const Consent& consent) const;

  // RFC 6749 section 4.1.3 and RFC 7636 section 4.6. A code presented twice is refused and ends
  // what it gave (RFC 6749 section 4.1.2).
  GrantOutcome redeem(const Redemption& request, const TokenPolicy& policy);

  // RFC 6749 section 6; a replaced token that comes again after the reuse window ends its family
  // (RFC 9700 section 4.14.2).
  GrantOutcome refresh(const RefreshRequest& request, const TokenPolicy& policy);

  // A grant that no code stands for. `parent`: id of what was presented for it.
  IssuedTokens begin(const Consent& consent, const std::string& parent, const TokenPolicy& policy);

  // The token of the value `old`, which waits for its signature, goes by the value `fresh` from now on, if it
  // is still remembered under the old one.
  void rename(std::string_view old, const std::string& fresh);
  // Signs what still waits for it, so that all are kept under the values that their clients are given.
  void sign_waiting();

  // The token of that value whether alive or not; null if it was never given, or waits for its signature.
  const Token* find(std::string_view value) const;
  const Family* family_of(const Token& token) const;
  // The family that a code gave, or the account it was made for, for the journal.
  std::string account_of_code(std::string_view code) const;
  // Neither expired, revoked, replaced nor of an ended family.
  bool is_live(const Token& token) const;

  // RFC 7009: a refresh token takes its family with it, an access token goes alone. False if the
  // token is not this client's.
  bool revoke(std::string_view value, std::string_view client_id);
  // Everything that was given to this client.
  void revoke_client(std::string_view provider, std::string_view client_id);

  // The control side: all families of provider and account, or one (empty: any). Each returns how many
  // families it touched.
  enum class What { Refresh, Access, All };
  int revoke_all(std::string_view provider, std::string_view account, What what,
                 std::string_view family = {});
  int expire_all(std::string_view provider, std::string_view account, What what,
                 std::string_view family = {});
  // As if the person had taken back one of the permissions. False: the family has no such scope.
  bool drop_scope(std::string_view family, std::string_view scope);

  std::vector<Family> families() const;
  std::vector<Token> tokens_of(std::string_view family) const;

 private:
  struct Code {
    Consent consent;
    std::string id;
    Timestamp expires_at;
    std::string family;  // once redeemed
    std::string companion = {};
    bool is_used = false;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using ByValue = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  template <class T>
  using ById = std::map<std::string, T, std::less<>>;

  Family& open_family(const Consent& consent, const TokenPolicy& policy);
  IssuedTokens begin_companion(const Consent& consent, const std::string& parent, const TokenPolicy& policy);
  std::optional<Refusal> refuse_code(const Code& code, const Redemption& request) const;
  std::optional<Refusal> refuse_refresh(const Token& token, Family& family, const RefreshRequest& request,
                                        const TokenPolicy& policy);
  std::optional<Refusal> refuse_reuse(const Token& token, Family& family, const TokenPolicy& policy);
  // `scopes` and `resources` go to the access token; a refresh token keeps all of the family's.
  IssuedTokens issue(Family& family, std::vector<std::string> scopes, std::vector<std::string> resources,
                     const std::string& parent, const TokenPolicy& policy);
  void give_refresh_token(IssuedTokens& issued, const Family& family, const TokenPolicy& policy);
  Token make_token(TokenKind kind, const Family& family, const std::string& parent,
                   const TokenPolicy& policy);
  std::string keep(Token token, std::string value);
  void end(Family& family, std::string reason);
  void end_access_tokens(const std::string& family);
  void end_oldest_access_tokens(const std::string& family, std::size_t most);
  std::size_t refreshes_since(const std::string& family, Timestamp from) const;
  void end_oldest(const std::vector<std::string>& siblings, std::size_t most);
  void make_room();
  void forget_the_dead();
  void forget_the_oldest();
  std::string next_id(std::string_view prefix);

  friend class SnapshotFields;
  const Clock& clock_;
  Random& random_;
  ByValue<Code> codes_;
  ByValue<Token> tokens_;
  ByValue<std::function<std::string(const std::string&)>> waiting_;  // how to sign, by unsigned value
  ById<Family> families_;
  ById<std::vector<std::string>> values_of_family_;
  ById<std::vector<std::string>> families_of_consent_;  // ids by provider, client and account, oldest first
  std::uint64_t counter_ = 0;
};

}  // namespace coffer::mock
