// A request target: path, query and the parameters that routes read from it.
#include "vault/net/request_target.h"
#include "tests/fuzz/fuzz.h"
#include "vault/api/wire/query.h"

using namespace coffer;

namespace {

void check_path(const RequestTarget& target) {
  for (const std::string& segment : target.segments) {
    fuzz::require(!segment.empty() && segment != "." && segment != "..", "a path has no dot segments");
    fuzz::require(segment.find('\0') == std::string::npos, "a path has no NUL");
  }
  fuzz::require(target.path().starts_with('/'), "a path begins at the root");
}

void check_query(const Fields& query) {
  const auto again = parse_form(build_form(query));
  fuzz::require(again && *again == query, "a query that is built again reads the same");
}

void read_parameters(const Fields& query) {
  using namespace coffer::api;
  ServerRequest request;
  request.query = query;
  const auto reads = [](auto&& read) { fuzz::succeeds_or_throws(ErrorCode::InvalidArgument, read); };
  reads([&] { fuzz::require(list_param(request, "items").size() <= 1000, "lists are bounded"); });
  reads([&] { bool_param(request, "flag"); });
  reads([&] { choice_param(request, "choice", {"one", "two"}); });
  reads([&] {
    const PageRequest page = page_param(request);
    fuzz::require(page.limit >= 1 && page.limit <= kMostItems && page.offset >= 0, "pages are bounded");
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto target = parse_target(fuzz::text_of(data, size));
  if (!target) return 0;
  check_path(*target);
  check_query(target->query);
  read_parameters(target->query);
  return 0;
}
