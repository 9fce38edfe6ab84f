#include "vault/api/v3/proxy_call.h"

#include <nlohmann/json.hpp>

#include "vault/base/error.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostProxyParameters = 100;

void refuse_other_credentials(const ObjectReader& body) {
  for (const char* key : {"custom_connection_data", "custom_auth_params"}) {
    if (body.has(key)) {
      body.fail(key, "is not accepted here",
                "store the credential with POST /api/v3/connected_accounts and name the account");
    }
  }
}

void read_parameters(const ObjectReader& body, ProxyCall& call) {
  const std::vector<ObjectReader> parameters = body.objects("parameters");
  if (parameters.size() > kMostProxyParameters) body.fail("parameters", "has more than 100 entries");
  for (const ObjectReader& parameter : parameters) {
    const std::string name = parameter.required_text("name");
    const char* key = parameter.has("type") ? "type" : "in";
    const std::string place = parameter.required_text(key);
    if (place == "header") {
      call.headers.push_back({name, parameter.text("value")});
    } else if (place == "query") {
      call.query.emplace_back(name, parameter.text("value"));
    } else {
      parameter.fail(key, "is none of its values", "use header or query");
    }
  }
}

void set_content_type(ProxyCall& call, const std::string& type) {
  if (header_value(call.headers, "content-type").empty()) call.headers.push_back({"Content-Type", type});
}

void read_binary(const ObjectReader& binary, ProxyCall& call) {
  if (binary.has("url")) {
    throw Error(ErrorCode::Unsupported, "\"" + binary.name_of("url") + "\" is not offered here",
                "send the bytes themselves as base64");
  }
  auto bytes = from_base64(binary.required_text("base64"));
  if (!bytes) binary.fail("base64", "is not base64");
  call.body = std::move(*bytes);
  const std::string type = binary.text("content_type");
  set_content_type(call, type.empty() ? "application/octet-stream" : type);
}

// A text goes out as it is, everything else as JSON.
void read_body(const ObjectReader& body, ProxyCall& call) {
  const auto binary = body.object("binary_body");
  if (binary && body.has("body")) body.fail("binary_body", "stands beside \"body\"", "send one of the two");
  if (binary) {
    read_binary(*binary, call);
  } else if (body.value("body").is_string()) {
    call.body = body.text("body");
    if (!call.body.empty()) set_content_type(call, "text/plain; charset=utf-8");
  } else if (body.has("body")) {
    call.body = dump_json(body.value("body"));
    set_content_type(call, "application/json");
  }
  if (call.method == "HEAD" && !call.body.empty()) body.fail("body", "is not for a HEAD request");
}

// Bytes have no place to be fetched from later: they come along, as a URL that holds them.
Json binary_view(const ProxyAnswer& answer) {
  return {{"content_type", answer.content_type},
          {"size", answer.bytes.size()},
          {"url", "data:" + answer.content_type + ";base64," + to_base64(answer.bytes)}};
}

}  // namespace

ProxyCall read_proxy_call(const ObjectReader& body) {
  refuse_other_credentials(body);
  ProxyCall call;
  call.endpoint = body.required_text("endpoint");
  call.method = to_upper(body.required_text("method"));
  read_parameters(body, call);
  read_body(body, call);
  return call;
}

Json proxy_answer_view(const ProxyAnswer& answer) {
  Json headers = Json::object();
  for (const auto& [name, value] : answer.headers) {
    Json& known = headers[name];
    known = known.is_null() ? value : known.get<std::string>() + ", " + value;
  }
  Json view = {{"status", answer.status}, {"headers", std::move(headers)}};
  if (!answer.data.is_null()) view["data"] = answer.data;
  if (!answer.bytes.empty()) view["binary_data"] = binary_view(answer);
  return view;
}

}  // namespace coffer::api::v3
