#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mockprovider/profile.h"
#include "vault/base/encoding.h"
#include "vault/base/http.h"

namespace coffer::mock {

// The headers of a request or an answer that can hold no credential, by lower-case names. A
// Location is kept without the values of its query.
Fields harmless_headers(const HttpHeaders& headers);

// "https://app/cb?code=x&state=y" -> "https://app/cb?code=[redacted]&state=[redacted]"
std::string redact_url(std::string_view url);

// Knows the credentials of the mock by their looks, wherever they stand: by what their values begin
// with at some provider, and JWTs.
class CredentialMarks {
 public:
  explicit CredentialMarks(const Profiles& profiles);

  // Puts "[credential]" in the place of each; one that was cut is known by its first 16 characters
  // if it is of the mock's own making, and by 24 behind a prefix of a persona.
  std::string without_credentials(std::string_view text) const;

 private:
  struct Mark {
    std::string prefix;
    std::size_t least;  // characters behind it
  };

  void add(const std::string& prefix, std::size_t least);
  std::size_t length_at(std::string_view text) const;

  std::vector<Mark> marks_;
};

}  // namespace coffer::mock
