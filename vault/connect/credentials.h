#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/model/token_set.h"
#include "vault/model/toolkit.h"

namespace coffer {

struct FieldProblem {
  std::string field;
  std::string text;  // for the person who fills the form in, never the value
};

// What a person has to enter for this mode: its own fields, and those of its scheme that the
// toolkit does not name. For tokens, which no person enters, only what is not secret.
std::vector<ConnectionField> asked_fields(const AuthMode& mode);

// Those of them that are sealed as the credential, and what else may belong to it. The rest is
// kept in clear with the connection.
std::vector<ConnectionField> credential_parts(const AuthMode& mode);

void put_part(FieldsCredential& credential, const ConnectionField& part, Secret value);

// What an auth config shares with its accounts, by the fields' names.
using SharedValues = std::map<std::string, Secret>;
// Puts it where the credential lacks a part.
void add_shared(const AuthMode& mode, const SharedValues& shared, Credential& credential);
// The part of it that is kept in clear with a connection.
std::map<std::string, std::string> shared_fields(const AuthMode& mode, const SharedValues& shared);

// Throws InvalidArgument that names the first part which a credential of this mode lacks.
void require_parts(const AuthMode& mode, const Credential& credential);

// A form value as it is meant: without the blanks and line ends that come along when pasting.
std::string_view entered(const Fields& form, std::string_view field);

// Checks every field against the form: presence, size, characters, pattern.
std::vector<FieldProblem> check_form(const std::vector<ConnectionField>& fields, const Fields& form);

// Throws InvalidArgument that names the first bad field.
void require_form(const std::vector<ConnectionField>& fields, const Fields& form);

// The values that are kept in clear with the connection; a credential's user name is not.
std::map<std::string, std::string> plain_values(const AuthMode& mode,
                                                const std::vector<ConnectionField>& fields,
                                                const Fields& form);

// Values given by the application before the walk. Throws InvalidArgument for a name the toolkit
// does not ask for, for a secret, and for a value of the wrong form.
void check_known_fields(const AuthMode& mode, const std::map<std::string, std::string>& values);

// The credential of a checked form; none for schemes of tokens.
Credential credential_of_form(const AuthMode& mode, const Fields& form);

// Name of the field that a refusal by the service is about.
std::string secret_field(const AuthMode& mode);

// Throws InvalidArgument unless the credential fits the scheme, is not empty and can stand in a
// header.
void check_credential(AuthScheme scheme, const Credential& credential);

// Throws InvalidArgument unless these are all that an account of this mode consists of.
void require_complete(const AuthMode& mode, const Credential& credential,
                      const std::map<std::string, std::string>& fields);

}  // namespace coffer
