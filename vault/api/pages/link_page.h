#pragma once

#include <string>
#include <vector>

#include "vault/connect/connector.h"
#include "vault/connect/credentials.h"
#include "vault/net/router.h"

namespace coffer::api {

// What went wrong with the form that is shown again.
struct FormTrouble {
  std::string problem;  // about the whole form
  std::vector<FieldProblem> fields;
  std::string details;  // folded away
};

// Whom a person answers to.
struct Asker {
  std::string application;  // its name; empty: not known
  std::string host;         // ours, as people reach it
};

// The page of an open link. `form`: what was entered, to be shown again where it is no secret.
ServerResponse link_page(int status, const LinkView& view, const std::string& link_token, const Asker& asker,
                         Timestamp now, const Fields& form = {}, const FormTrouble& trouble = {});

// The page of a link that is over.
ServerResponse closed_link_page(const LinkView& view, const std::string& own_host);

}  // namespace coffer::api
