#include "mockprovider/walker.h"

#include "vault/base/error.h"
#include "vault/net/request_target.h"

namespace coffer::mock {
namespace {

// The value that `attribute="..."` has after `from`.
std::string attribute_after(const std::string& html, const std::string& from, const std::string& attribute) {
  const std::size_t start = html.find(from);
  const std::size_t name = start == std::string::npos ? start : html.find(attribute + "=\"", start);
  if (name == std::string::npos)
    throw Error(ErrorCode::InvalidArgument, "the mock provider's page has no form");
  const std::size_t begin = name + attribute.size() + 2;
  return html.substr(begin, html.find('"', begin) - begin);
}

ServerResponse submit(Front& front, const ServerResponse& page, Fields form) {
  form.emplace_back("transaction", attribute_after(page.body, "name=\"transaction\"", "value"));
  ServerRequest request = make_request("POST", attribute_after(page.body, "<form", "action"));
  request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  request.body = build_form(form);
  return front.handle(request);
}

bool is_redirect(const ServerResponse& response) {
  return response.status == 302 || response.status == 303;
}

// Of a page that leads back to the client by itself.
std::optional<std::string> callback_of_page(const ServerResponse& response) {
  const std::string_view refresh = header_value(response.headers, "Refresh");
  const std::size_t url = refresh.find("url=");
  if (url == std::string_view::npos) return std::nullopt;
  return std::string(refresh.substr(url + 4));
}

void check_page(const ServerResponse& response, const std::string& step) {
  if (response.status == 200) return;
  throw Error(ErrorCode::InvalidArgument,
              "the mock provider answered " + std::to_string(response.status) + " at " + step,
              "GET /_mock/journal tells why");
}

}  // namespace

ServerRequest make_request(const std::string& method, const std::string& url) {
  const std::size_t authority = url.starts_with('/') ? std::string::npos : url.find("://");
  const std::size_t path = authority == std::string::npos ? 0 : url.find('/', authority + 3);
  ServerRequest request;
  request.method = method;
  request.target = path == std::string::npos ? "/" : url.substr(path, url.find('#') - path);
  const auto target = parse_target(request.target);
  if (!target) throw Error(ErrorCode::InvalidArgument, "the URL is broken");
  request.path = target->path();
  request.query = target->query;
  return request;
}

std::string walk_pages(Front& front, const std::string& authorize_url, const std::string& account,
                       Decision decision) {
  const auto found = front.with_tenant([&](Tenant& tenant) -> std::optional<Account> {
    const Account* known = tenant.accounts.find(account);
    return known ? std::optional(*known) : std::nullopt;
  });
  if (!found) throw Error(ErrorCode::NotFound, "account " + account + " does not exist at the mock provider");
  ServerResponse response = front.handle(make_request("GET", authorize_url));
  if (const auto callback = callback_of_page(response)) return *callback;
  if (!is_redirect(response)) {
    check_page(response, "the authorization endpoint");
    response = submit(front, response, {{"email", found->email}, {"password", found->password}});
    check_page(response, "the login page");
    response = submit(front, response, {{"decision", decision == Decision::Allow ? "allow" : "deny"}});
  }
  if (!is_redirect(response)) {
    throw Error(ErrorCode::InvalidArgument,
                "the mock provider's consent page did not lead back to the client");
  }
  return std::string(header_value(response.headers, "location"));
}

}  // namespace coffer::mock
