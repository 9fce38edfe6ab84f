#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kGrant = "urn:ietf:params:oauth:grant-type:device_code";

// A device at mockidp, and the person in front of it.
struct Device {
  MockWorld world;
  Json begun = begin();

  Json begin(const Fields& more = {}) {
    Fields form = {{"scope", "openid read"}};
    form.insert(form.end(), more.begin(), more.end());
    const ServerResponse response =
        world.post_form("/mock/mockidp/device_authorization", form, world.basic_of("mockidp"));
    INFO(response.body);
    REQUIRE(response.status == 200);
    CHECK(header_of(response, "Cache-Control") == "no-store");
    return parse_json(response.body);
  }
  ServerResponse poll() {
    return world.token("mockidp", {{"grant_type", kGrant}, {"device_code", begun["device_code"]}});
  }
  std::string error_of_poll() { return parse_json(poll().body).value("error", "granted"); }
  ServerResponse type(const std::string& user_code) {
    return world.post_form("/mock/mockidp/device", {{"user_code", user_code}});
  }
  // Presses the page's button as a form filler would, by its hidden field.
  ServerResponse submit(const ServerResponse& page, const std::string& endpoint, Fields form) {
    const std::string before = "name=\"transaction\" value=\"";
    const std::size_t at = page.body.find(before);
    REQUIRE(at != std::string::npos);
    const std::size_t begin = at + before.size();
    form.emplace_back("transaction", page.body.substr(begin, page.body.find('"', begin) - begin));
    return world.post_form("/mock/mockidp/" + endpoint, form);
  }
  ServerResponse answer(const std::string& decision) {
    const ServerResponse login = type(begun["user_code"]);
    REQUIRE(login.status == 200);
    const ServerResponse consent =
        submit(login, "login", {{"email", "bob@example.com"}, {"password", "password"}});
    REQUIRE(consent.status == 200);
    return submit(consent, "consent", {{"decision", decision}});
  }
};

}  // namespace

TEST_CASE("a device is told where to send the person and how often to ask", "[device]") {
  Device device;
  const std::string page = "http://127.0.0.1:4000/mock/mockidp/device";
  CHECK(device.begun["verification_uri"] == page);
  const std::string user_code = device.begun["user_code"];
  CHECK(device.begun["verification_uri_complete"] == page + "?user_code=" + user_code);
  CHECK(user_code.size() == 9);
  CHECK(user_code[4] == '-');
  CHECK(user_code.find_first_of("AEIOU0123456789") == std::string::npos);
  CHECK(device.begun["interval"] == 5);
  CHECK(device.begun["expires_in"] == 600);
}

TEST_CASE("a person types the code, signs in and allows, and the device gets its tokens once", "[device]") {
  Device device;
  CHECK(device.error_of_poll() == "authorization_pending");
  const ServerResponse done = device.answer("allow");
  CHECK(done.status == 200);
  CHECK(header_of(done, "Location").empty());
  const Json tokens = parse_json(device.poll().body);
  CHECK(tokens["scope"] == "openid read");
  CHECK(tokens.contains("refresh_token"));
  CHECK(tokens.contains("id_token"));
  CHECK(parse_json(device.world.get("/mock/mockidp/mock/whoami", tokens["access_token"]).body)["email"] ==
        "bob@example.com");
  CHECK(device.error_of_poll() == "invalid_grant");
  CHECK(device.type(device.begun["user_code"]).status == 400);
}

TEST_CASE("the device's page asks for the code and shows one that came with the address", "[device]") {
  Device device;
  const ServerResponse page = device.world.get("/mock/mockidp/device?user_code=BCDF-GHJK");
  CHECK(page.status == 200);
  CHECK(page.body.find("name=\"user_code\"") != std::string::npos);
  CHECK(page.body.find("value=\"BCDF-GHJK\"") != std::string::npos);
  CHECK(page.body.find(">Continue</button>") != std::string::npos);
}

TEST_CASE("a code may be typed in lower case and without its dash", "[device]") {
  Device device;
  std::string typed = to_lower(device.begun["user_code"].get<std::string>());
  typed.erase(4, 1);
  CHECK(device.type(typed).status == 200);
  CHECK(device.type("AAAA-AAAA").status == 400);
  CHECK(device.type("").status == 400);
}

TEST_CASE("the person's refusal is told to the device", "[device]") {
  Device device;
  CHECK(device.answer("deny").status == 200);
  CHECK(device.error_of_poll() == "access_denied");
}

TEST_CASE("polling too soon is slowed down, by five seconds more each time", "[device]") {
  Device device;
  CHECK(device.error_of_poll() == "authorization_pending");
  device.world.clock.advance(4s);
  CHECK(device.error_of_poll() == "slow_down");
  device.world.clock.advance(9s);
  CHECK(device.error_of_poll() == "slow_down");
  device.world.clock.advance(15s);
  CHECK(device.error_of_poll() == "authorization_pending");
}

TEST_CASE("a device that keeps the interval is never slowed down", "[device]") {
  Device device;
  for (int i = 0; i < 5; ++i) {
    CHECK(device.error_of_poll() == "authorization_pending");
    device.world.clock.advance(5s);
  }
}

TEST_CASE("a device code expires, for the device and for the person", "[device]") {
  Device device;
  device.world.clock.advance(600s);
  CHECK(device.type(device.begun["user_code"]).status == 400);
  CHECK(device.error_of_poll() == "expired_token");
}

TEST_CASE("a device code is refused to another client and stays good for its own", "[device]") {
  Device device;
  device.world.control("POST", "/_mock/clients",
                       {{"provider", "mockidp"}, {"client_id", "c"}, {"client_secret", "s"}});
  device.answer("allow");
  const ServerResponse foreign = device.world.post_form(
      "/mock/mockidp/token", {{"grant_type", kGrant}, {"device_code", device.begun["device_code"]}},
      {{"Authorization", "Basic " + to_base64("c:s")}});
  CHECK(parse_json(foreign.body)["error"] == "invalid_grant");
  CHECK(device.poll().status == 200);
}

TEST_CASE("the device grant is refused where it cannot be", "[device]") {
  Device device;
  const std::string path = "/mock/mockidp/device_authorization";
  CHECK(device.world.post_form(path, {{"scope", "read"}}).status == 401);
  CHECK(parse_json(device.world.token("mockidp", {{"grant_type", kGrant}}).body)["error"] ==
        "invalid_request");
  CHECK(parse_json(device.world.token("mockidp", {{"grant_type", kGrant}, {"device_code", "unknown"}})
                       .body)["error"] == "invalid_grant");
  device.world.control("POST", "/_mock/clients",
                       {{"provider", "mockidp"},
                        {"client_id", "c"},
                        {"client_secret", "s"},
                        {"grant_types", {"authorization_code"}}});
  const ServerResponse unregistered =
      device.world.post_form(path, {}, {{"Authorization", "Basic " + to_base64("c:s")}});
  CHECK(parse_json(unregistered.body)["error"] == "unauthorized_client");
}

TEST_CASE("a login script answers for the person at once", "[device]") {
  Device device;
  device.world.control("POST", "/_mock/scripts", {{"account", "alice@example.com"}});
  CHECK(device.type(device.begun["user_code"]).status == 200);
  CHECK(device.poll().status == 200);
}

TEST_CASE("the journal holds neither code", "[device]") {
  Device device;
  device.poll();
  device.type(device.begun["user_code"]);
  const std::string journal = device.world.get("/_mock/journal").body;
  CHECK(journal.find(device.begun["device_code"].get<std::string>()) == std::string::npos);
  CHECK(journal.find(device.begun["user_code"].get<std::string>()) == std::string::npos);
}

TEST_CASE("devices that were answered make room for others, and those that wait do not", "[device]") {
  Device device;
  device.answer("deny");
  constexpr int kMost = 1'000;
  for (int i = 0; i < kMost; ++i) device.begin();
  CHECK(device.error_of_poll() == "invalid_grant");
  const ServerResponse full =
      device.world.post_form("/mock/mockidp/device_authorization", {}, device.world.basic_of("mockidp"));
  CHECK(full.status == 400);
  CHECK(parse_json(full.body)["error"] == "temporarily_unavailable");
  device.world.clock.advance(11min);
  device.begin();
}
