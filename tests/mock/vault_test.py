#!/usr/bin/env python3
"""coffer's vault as a client of panva's oidc-provider, a provider that none of us wrote.

usage: vault_test.py COFFER    after `npm ci` in this folder

`coffer serve` learns the provider from a toolkit directory. Access tokens live for two seconds and refresh tokens rotate;
an old one that comes again would end the grant. Both clocks are moved by hand, so that nothing here waits.
"""
import contextlib
import json
import pathlib
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / "examples"), str(ROOT / "tests" / "scripts")]

from coffer_process import daemon, environment, temporary_home  # noqa: E402
from form_browser import FormBrowser  # noqa: E402
from lifecycle import Api, Receiver, Story  # noqa: E402

NODE = HERE / "node_modules" / ".bin" / "node"
LIFETIME_S = 2
# A shorter lifetime than this is not believed: the vault plans with it (docs/refresh.md).
SHORTEST_PLANNED_S = 30
ALICE = {"email": "alice@example.com", "password": "password"}
EXPIRED = "composio.connected_account.expired"
CLIENT = {"client_id": "coffer-vault", "client_secret": "a secret of the vault's client", "token_endpoint_auth_method": "client_secret_basic",
          "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]}


@contextlib.contextmanager
def peer(home):
    if not NODE.exists():
        sys.exit("the npm packages are not installed: run `npm ci` in tests/mock, or ./dev test")
    settings = json.dumps({"access_token_s": LIFETIME_S})
    process = subprocess.Popen([NODE, HERE / "peer.mjs", settings], env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("oidc-provider did not start")
        yield Peer(json.loads(line))
    finally:
        process.kill()
        process.wait()


class Peer:
    def __init__(self, ready):
        self.url, self.api = ready["url"], Api(ready["control_url"], "")

    def advance(self, seconds):
        self.api.post("/clock", {"advance_s": seconds})

    def revoke_all(self):
        return self.api.post("/revoke", {"account": ALICE["email"]})["grants"]

    def add_client(self, redirect_uri):
        self.api.post("/add_client", CLIENT | {"redirect_uris": [redirect_uri]})

    def believes(self, token):
        request = urllib.request.Request(self.url + "/me", headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read())["email"] == ALICE["email"]
        except urllib.error.HTTPError as error:
            return error.code != 401

    def revoke_token(self, token):
        """As the client itself would, behind the vault's back (RFC 7009)."""
        form = {"token": token, "client_id": CLIENT["client_id"], "client_secret": CLIENT["client_secret"]}
        with urllib.request.urlopen(self.url + "/token/revocation", urllib.parse.urlencode(form).encode(), timeout=30):
            pass


def write_definitions(directory, url):
    """What a user writes to connect a service: one provider, one toolkit."""
    provider = {"format": 1, "id": "panva", "name": "oidc-provider", "issuer": url, "iss_in_response": True,
                "authorization_url": f"{url}/auth", "token_url": f"{url}/token", "revoke_url": f"{url}/token/revocation",
                "pkce": "required", "token_auth": "basic", "rotation": "strict"}
    whoami = {"slug": "PANVA_WHOAMI", "name": "Who am I", "description": "The account that the token is for.",
              "input": {"type": "object", "properties": {}}, "output": {"type": "object", "properties": {"email": {"type": "string"}}},
              "request": {"method": "GET", "path": "/me"}}
    toolkit = {"format": 1, "slug": "panva", "name": "oidc-provider", "description": "A provider that others wrote.",
               "version": "20261101_00", "categories": ["testing"], "base_url": url,
               "auth": [{"scheme": "OAUTH2", "provider": "panva", "scopes": ["openid", "email"],
                         "headers": {"Authorization": "Bearer {{access_token}}"}}],
               "verify": {"request": {"method": "GET", "path": "/me"}, "identity": "/email"}, "tools": [whoami]}
    for folder, content in (("providers", provider), ("toolkits", toolkit)):
        (directory / folder).mkdir(parents=True)
        (directory / folder / "panva.json").write_text(json.dumps(content))


class Test:
    def __init__(self, api, peer):
        self.api, self.peer, self.story, self.receiver = api, peer, Story(), Receiver()

    def set_up(self):
        credentials = {"client_id": CLIENT["client_id"], "client_secret": CLIENT["client_secret"]}
        body = {"toolkit": {"slug": "panva"}, "auth_config": {"type": "use_custom_auth", "authScheme": "OAUTH2", "credentials": credentials}}
        self.config = self.api.post("/api/v3/auth_configs", body)["auth_config"]["id"]
        self.peer.add_client(f"{self.api.url}/oauth/callback/{self.config}")
        self.api.post("/api/v3/webhook_subscriptions",
                      {"webhook_url": self.receiver.url("/hook"), "enabled_events": [EXPIRED], "version": "V3"})

    def connect(self):
        link = self.api.post("/api/v3/connected_accounts/link", {"auth_config_id": self.config, "user_id": "alice"})
        page = FormBrowser().walk(link["redirect_url"], ALICE)
        account = link["connected_account_id"]
        self.story.check(page.status == 200 and self.api.status_of(account) == "ACTIVE", f"connected: {account}", page.body[:500])
        return account

    def token(self, account):
        return self.api.get(f"/_coffer/accounts/{account}/token")["token"]

    def works(self, account):
        status, answer = self.api.execute("alice", "PANVA_WHOAMI", account=account)
        return status == 200 and answer["successful"] and answer["data"]["email"] == ALICE["email"]

    def advance(self, seconds):
        """Both clocks; what falls due in the vault has happened when this returns."""
        self.peer.advance(seconds)
        self.api.post("/_coffer/clock", {"advance": f"{seconds}s"})

    def expired_events(self):
        _, body = self.receiver.deliveries.get(timeout=20)
        event = json.loads(body)
        return event["type"], event["data"]["id"]

    def check_use(self, account):
        self.story.chapter("The account is used")
        self.story.check(self.works(account), "the tool answers for alice")
        first = self.token(account)
        self.story.check(self.peer.believes(first), "the provider believes the token")
        return first

    def check_dead_token(self, account, first):
        self.story.chapter(f"The provider's {LIFETIME_S} seconds are over, and the vault cannot know")
        self.peer.advance(LIFETIME_S + 1)
        self.story.check(not self.peer.believes(first), "the provider believes the token no more")
        self.story.check(self.works(account), "the tool works all the same: a 401 makes the vault refresh once")
        self.story.check(self.token(account) != first, "with a new token")

    def check_rotation(self, account):
        self.story.chapter("Refresh tokens rotate")
        seen = {self.token(account)}
        for _ in range(20):
            self.advance(SHORTEST_PLANNED_S)
            seen.add(self.token(account))
        self.story.check(len(seen) == 21, "twenty planned refreshes gave twenty tokens, each by the newest refresh token", len(seen))
        self.story.check(self.works(account) and self.api.status_of(account) == "ACTIVE", "the account is ACTIVE and works")

    def check_revoked_by_person(self, account):
        self.story.chapter("Alice ends the grant at the provider")
        self.story.check(self.peer.revoke_all() == 1, "one grant ended")
        self.story.check(self.api.status_of(account) == "ACTIVE", "nobody can know yet: ACTIVE")
        self.advance(SHORTEST_PLANNED_S)
        self.story.check(self.api.status_of(account) == "EXPIRED", "the next refresh is refused: EXPIRED", self.api.status_of(account))
        self.story.check(self.expired_events() == (EXPIRED, account), "and the application is told")

    def check_revoked_by_client(self, account):
        self.story.chapter("Somebody else revokes the token, and the next call finds out")
        self.peer.revoke_token(self.token(account))
        self.story.check(not self.works(account), "the tool call fails")
        self.story.check(self.api.status_of(account) == "EXPIRED", "its refresh was refused: EXPIRED", self.api.status_of(account))
        self.story.check(self.expired_events() == (EXPIRED, account), "and the application is told")

    def check_own_revocation(self, account):
        self.story.chapter("The vault revokes what it holds")
        token = self.token(account)
        self.story.check(self.peer.believes(token), "the token is good")
        self.api.post(f"/api/v3/connected_accounts/{account}/revoke", {})
        self.story.check(not self.peer.believes(token), "the provider believes it no more")

    def run(self):
        self.set_up()
        account = self.connect()
        self.check_dead_token(account, self.check_use(account))
        self.check_rotation(account)
        self.check_revoked_by_person(account)
        self.story.check(self.connect() == account and self.works(account), "a fresh link connects the same account again")
        self.check_revoked_by_client(account)
        self.story.check(self.connect() == account and self.works(account), "a fresh link connects the same account again")
        self.check_own_revocation(account)
        print(f"\n{self.story.checks} checks held")


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    with temporary_home() as home, peer(home) as provider:
        write_definitions(home / "definitions", provider.url)
        subprocess.run([binary, "init", "--allow-tokens"], env=environment(home), stdin=subprocess.DEVNULL, capture_output=True, check=True)
        key = (home / "config" / "coffer" / "api-key").read_text().strip()
        arguments = ["--test-controls", "--toolkit-dir", str(home / "definitions")]
        with daemon(binary, home, *arguments, command="serve") as ready:
            Test(Api(ready["url"], key), provider).run()


if __name__ == "__main__":
    main()
