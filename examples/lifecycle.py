#!/usr/bin/env python3
"""One whole life of a connection, as an application and its users see it: over HTTP, with no network beyond this machine.

usage: lifecycle.py [COFFER]     COFFER: the binary, build/coffer by default

Starts `coffer dev`, plays two users and three services, and checks each step. Ends with 0 only if all of it held.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from form_browser import FormBrowser
from leak_scan import Scanner

EXPIRED = "composio.connected_account.expired"
PASSWORD = "password"
ROTATING = {"toolkit": "jira", "provider": "atlassian", "tool": "JIRA_GET_CURRENT_USER", "who": "emailAddress"}

# Credentials that nobody outside sees whole, by how they begin.
SHAPES = {
    "a refresh token of google": "1//0",
    "an access token of google": "ya29.a0",
    "a refresh token of atlassian": "eyJjdHkiOi",
    "an access token of atlassian": "eyJhbGciOi",
    "a Connect Link": "/link/lk_",
}
# The runtime file tells this user's other commands the key, as documented; it goes with the daemon.
EXEMPT = [("run/coffer/daemon.json", "API key of the daemon")]


# Telling the story --------------------------------------------------------------------------------

class Story:
    def __init__(self):
        self.checks = 0

    def chapter(self, text):
        print(f"\n{text}", flush=True)

    def check(self, holds, text, found=None):
        if not holds:
            print(f"  FAILED  {text}\n          found: {found}", flush=True)
            raise SystemExit(1)
        self.checks += 1
        print(f"  ok  {text}", flush=True)


# The application ----------------------------------------------------------------------------------

class Receiver(http.server.ThreadingHTTPServer):
    """The application's own server: its webhook and the page that users come back to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ReceiverHandler)
        self.deliveries = queue.Queue()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"


class ReceiverHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.deliveries.put((dict(self.headers.items()), body))
        self.answer("ok")

    def do_GET(self):
        self.answer("<h1>Back in the application</h1>")

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class Api:
    def __init__(self, url, key):
        self.url, self.key = url, key

    def call(self, method, path, body=None):
        """Status and parsed body."""
        request = urllib.request.Request(self.url + path, method=method, headers={"x-api-key": self.key})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def get(self, path):
        return self.call("GET", path)[1]

    def post(self, path, body):
        status, answer = self.call("POST", path, body)
        if status >= 300:
            raise RuntimeError(f"{path} answered {status}: {answer}")
        return answer

    def status_of(self, account):
        return self.get(f"/api/v3/connected_accounts/{account}").get("status")

    def execute(self, user, tool, arguments=None, account=None):
        body = {"user_id": user, "arguments": arguments or {}}
        if account:
            body["connected_account_id"] = account
        return self.call("POST", f"/api/v3/tools/execute/{tool}", body)


def start_daemon(binary, home):
    """`coffer dev` with a home of its own; its log goes to a file that is searched in the end."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    for name, folder in (("CONFIG_HOME", "config"), ("DATA_HOME", "data"), ("STATE_HOME", "state"), ("RUNTIME_DIR", "run")):
        (home / folder).mkdir(mode=0o700)
        environment[f"XDG_{name}"] = str(home / folder)
    log = open(home / "daemon.log", "wb")
    command = [binary, "dev", "--port", "0", "--print-json", "--state-dir", str(home / "vault"), "--log-level", "debug"]
    daemon = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
    line = daemon.stdout.readline()
    if not line:
        daemon.wait()
        raise SystemExit("coffer dev did not start:\n" + (home / "daemon.log").read_text())
    return daemon, json.loads(line)


def signature_fits(headers, body, secret):
    """Checked as Composio's SDK does it, with nothing of coffer's."""
    headers = {name.lower(): value for name, value in headers.items()}
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()
    is_fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return is_fresh and f"v1,{wanted}" in headers["webhook-signature"].split(" ")


# The chapters -------------------------------------------------------------------------------------

class Demo:
    def __init__(self, story, home, ready):
        self.story, self.home = story, home
        self.api, self.mock = Api(ready["url"], ready["api_key"]), Api(ready["mock_url"], "")
        self.receiver = Receiver()
        self.scanner = Scanner()
        self.scanner.add("API key of the daemon", ready["api_key"])
        self.browsers = {}
        self.sessions = {}
        self.accounts = {}

    def subscribe(self):
        self.story.chapter("The application subscribes to expiry events")
        answer = self.api.post("/api/v3/webhook_subscriptions",
                               {"webhook_url": self.receiver.url("/hook"), "enabled_events": [EXPIRED], "version": "V3"})
        self.secret = answer["secret"]
        self.scanner.add("webhook secret", self.secret)
        self.scanner.add("webhook secret, decoded", base64.b64decode(self.secret.removeprefix("whsec_")))
        self.story.check(self.secret.startswith("whsec_"), "a signing secret was made")

    def session_of(self, user):
        if user not in self.sessions:
            body = {"user_id": user, "manage_connections": {"enable": True, "callback_url": self.receiver.url("/back")}}
            self.sessions[user] = self.api.post("/api/v3/tool_router/session", body)["session_id"]
        return self.sessions[user]

    def authorize(self, user, toolkit):
        return self.api.post(f"/api/v3/tool_router/session/{self.session_of(user)}/link", {"toolkit": toolkit})

    def walk(self, user, link, values):
        """The user's part: the link, the service's own pages, back to the application."""
        self.scanner.add(f"link token {len(self.scanner.secrets)}", link["link_token"])
        browser = self.browsers.setdefault(user, FormBrowser())
        page = browser.walk(link["redirect_url"], values)
        host = urllib.parse.urlsplit(link["redirect_url"]).netloc
        for name, value in browser.cookies[host].items():
            self.scanner.add(f"cookie {name} {value[-6:]}", value)
        for url in browser.visited:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
            for name in ("code", "state"):
                for value in query.get(name, []):
                    self.scanner.add(f"{name} {value[-6:]}", value)
        return page

    def connect(self, user, toolkit, values, how):
        link = self.authorize(user, toolkit)
        account = link["connected_account_id"]
        before = self.api.status_of(account)
        page = self.walk(user, link, values)
        came_back = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
        held = (before == "INITIATED" and page.url.startswith(self.receiver.url("/back"))
                and came_back["status"] == ["success"] and came_back["connected_account_id"] == [account]
                and self.api.status_of(account) == "ACTIVE")
        self.story.check(held, f"{user} connected {toolkit} {how}: INITIATED -> ACTIVE, {account}", page.url)
        self.accounts[user, toolkit] = account
        return account

    def connect_all(self):
        self.story.chapter("Two users connect three services by Connect Links")
        alice = {"email": "alice@example.com", "password": PASSWORD}
        bob = {"email": "bob@example.com", "password": PASSWORD}
        keys = self.mock.get("/_mock/keys?toolkit=tavily&account=alice@example.com")
        self.scanner.add("tavily key", keys["generic_api_key"])
        self.connect("alice", "gmail", alice, "with sign-in and consent")
        self.connect("bob", "gmail", bob, "with sign-in and consent")
        self.connect("alice", ROTATING["toolkit"], alice, "with sign-in and consent, refresh tokens rotate")
        self.connect("alice", "tavily", keys, "with an API key in a form")
        self.remember_tokens("first")

    def remember_tokens(self, when):
        """What the scan at the end looks for. The API key of a dev daemon may read tokens."""
        tokens = {}
        for (user, toolkit), account in self.accounts.items():
            tokens[user, toolkit] = self.api.get(f"/_coffer/accounts/{account}/token")["token"]
            self.scanner.add(f"{when} token of {user} for {toolkit}", tokens[user, toolkit])
        return tokens

    def successful(self, user, tool, arguments=None):
        status, answer = self.api.execute(user, tool, arguments)
        return answer.get("data") if status == 200 and answer.get("successful") else None

    def use_tools(self):
        self.story.chapter("Tools run as the user, and nobody sees a credential")
        for user in ("alice", "bob"):
            profile = self.successful(user, "GMAIL_GET_PROFILE")
            self.story.check(profile and profile["emailAddress"] == f"{user}@example.com",
                             f"GMAIL_GET_PROFILE as {user} answers {user}@example.com", profile)
        sent = self.successful("alice", "GMAIL_SEND_EMAIL",
                               {"recipient_email": "bob@example.com", "subject": "Hello", "body": "From a tool call"})
        self.story.check(sent and sent.get("id"), "GMAIL_SEND_EMAIL as alice answers the new message's id", sent)
        self.story.check(self.rotating_tool_works(), f"{ROTATING['tool']} as alice answers alice@example.com")
        found = self.successful("alice", "TAVILY_TAVILY_SEARCH", {"query": "credential vault"})
        self.story.check(found and found.get("results"), "TAVILY_TAVILY_SEARCH as alice answers results", found)

    def rotating_tool_works(self):
        data = self.successful("alice", ROTATING["tool"])
        return data is not None and data.get(ROTATING["who"]) == "alice@example.com"

    def keep_users_apart(self):
        self.story.chapter("Bob cannot see or use what is Alice's")
        alices = self.accounts["alice", "gmail"]
        mine = self.api.get("/api/v3/connected_accounts?user_ids=bob")["items"]
        self.story.check([item["id"] for item in mine] == [self.accounts["bob", "gmail"]], "bob's list holds bob's account alone", mine)

        def refusal(account):
            status, answer = self.api.execute("bob", "GMAIL_GET_PROFILE", account=account)
            answer["error"].pop("request_id")
            return status, json.dumps(answer).replace(account, "ca_")

        self.story.check(refusal(alices) == refusal("ca_AAAAAAAAAAAA") and refusal(alices)[0] >= 400,
                         "with alice's account id, bob is answered as for an id that does not exist", refusal(alices))
        status, answer = self.api.execute("bob", "TAVILY_TAVILY_SEARCH", {"query": "x"})
        self.story.check(answer["error"]["code"] == 1803, "alice's API key does nothing for bob: he has no account there", answer)

    def refreshes(self):
        entries = self.mock.get("/_mock/journal?endpoint=refresh")["entries"]
        return [entry["family"] for entry in entries if entry["status"] == 200]

    def advance(self, by):
        return self.api.post("/_coffer/clock", {"advance": by})["now"]

    def refresh_before_expiry(self):
        self.story.chapter("An hour passes: tokens are refreshed before they expire")
        before = self.remember_tokens("still first")
        self.story.check(self.refreshes() == [], "nothing was refreshed so far", self.refreshes())
        self.advance("1h")
        families = self.refreshes()
        self.story.check(len(families) == 3 and len(set(families)) == 3,
                         "each of the three OAuth grants was refreshed exactly once", families)
        after = self.remember_tokens("second")
        changed = {key for key in after if after[key] != before[key]}
        self.story.check(changed == set(after) - {("alice", "tavily")}, "every access token is a new one", changed)
        self.story.check(self.rotating_tool_works() and self.successful("bob", "GMAIL_GET_PROFILE"), "the tools still work")
        self.story.check(self.refreshes() == families, "and that took no further refresh")

    def expire(self):
        account = self.accounts["alice", ROTATING["toolkit"]]
        self.story.chapter(f"Alice's grant for {ROTATING['toolkit']} is revoked at the provider")
        self.mock.post("/_mock/grants/revoke", {"provider": ROTATING["provider"], "account": "alice@example.com", "what": "all"})
        self.story.check(self.api.status_of(account) == "ACTIVE", "nobody can know yet: the account is ACTIVE")
        self.advance("1h")
        self.story.check(self.api.status_of(account) == "EXPIRED", "the next refresh is refused: EXPIRED")
        self.story.check(self.api.status_of(self.accounts["alice", "gmail"]) == "ACTIVE", "her gmail account stays ACTIVE")
        headers, body = self.receiver.deliveries.get(timeout=20)
        self.story.check(signature_fits(headers, body, self.secret), "the webhook arrived, and its signature fits")
        event = json.loads(body)
        told = (event["type"], event["data"]["id"], event["data"]["status"], event["data"]["user_id"])
        self.story.check(told == (EXPIRED, account, "EXPIRED", "alice"), f"it is {EXPIRED} of {account}", told)
        self.story.check(not signature_fits(headers, body + b" ", self.secret), "one byte more, and the signature does not fit")
        self.story.check(self.receiver.deliveries.empty(), "it was told once")

    def reconnect(self):
        toolkit = ROTATING["toolkit"]
        account = self.accounts["alice", toolkit]
        self.story.chapter("Alice reconnects")
        status, answer = self.api.execute("alice", ROTATING["tool"])
        error = answer.get("error") or {}
        told = error.get("suggested_fix", "")
        self.story.check(status == 400 and error.get("code") == 1803 and f"coffer connect alice {toolkit}" in told
                         and self.api.status_of(account) == "EXPIRED",
                         f"the tool call is refused and says what to do: {told}", answer)
        values = {"email": "alice@example.com", "password": PASSWORD}
        again = self.connect("alice", toolkit, values, "again by a fresh link")
        self.story.check(again == account, f"it is the same account: {account}", again)
        self.story.check(self.rotating_tool_works(), "the tool works again")
        self.remember_tokens("third")

    # The search ---------------------------------------------------------------------------------

    def collect_credentials(self):
        """Those that the application never saw: client secrets by value, refresh tokens by their shape."""
        for client in self.mock.get("/_mock/clients")["clients"]:
            if client["client_secret"]:
                self.scanner.add(f"client secret of {client['provider']}", client["client_secret"])
        for name, prefix in SHAPES.items():
            self.scanner.add_shape(name, prefix)

    def prove_the_scanner(self):
        """Plants each credential in each spelling, and finds it."""
        planted = [(name, form) for name, forms in self.scanner.secrets.items() for form in forms]
        planted += [(name, (prefix + "Q" * 40).encode()) for name, prefix in SHAPES.items()]
        blind = [name for name, form in planted if name not in self.scanner.leaks_in(b"\x00noise" + form + b"noise\xff")]
        self.story.check(not blind, "the search can fail: it finds each of them planted in each spelling", blind)
        spot = self.home / "vault" / "planted"
        spot.write_bytes(planted[0][1])
        found = self.scanner.leaks_below(self.home, EXEMPT)
        spot.unlink()
        self.story.check(found == [("vault/planted", planted[0][0])], "and one that is put beside the vault", found)

    def search(self, when):
        leaks = self.scanner.leaks_below(self.home, EXEMPT)
        files = sum(1 for path in self.home.rglob("*") if path.is_file())
        many = len(self.scanner.secrets) + len(self.scanner.patterns)
        self.story.check(leaks == [], f"{when}: {many} credentials, {files} files, none found", leaks)


def stop(daemon):
    daemon.terminate()
    try:
        return daemon.wait(timeout=30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        return "killed after 30 s"


def tell(demo):
    demo.subscribe()
    demo.connect_all()
    demo.use_tools()
    demo.keep_users_apart()
    demo.refresh_before_expiry()
    demo.expire()
    demo.reconnect()


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "build" / "coffer")
    started = time.monotonic()
    story = Story()
    with tempfile.TemporaryDirectory(prefix="coffer-demo-") as directory:
        home = pathlib.Path(directory)
        daemon, ready = start_daemon(binary, home)
        try:
            print(f"coffer dev at {ready['url']}, its mock provider at {ready['mock_url']}")
            demo = Demo(story, home, ready)
            tell(demo)
            story.chapter("Every file and log is searched for every credential: raw, URL-encoded, hex, base64")
            demo.collect_credentials()
            demo.prove_the_scanner()
            demo.search("while the daemon runs")
            story.check(stop(daemon) == 0, "the daemon stops on SIGTERM with 0")
            demo.search("after it has stopped")
            story.check(not (home / "run/coffer/daemon.json").exists(), "and the runtime file is gone")
        except BaseException:
            print("\nThe daemon's last words:\n" + "".join((home / "daemon.log").open().readlines()[-12:]), flush=True)
            raise
        finally:
            if daemon.poll() is None:
                daemon.kill()
                daemon.wait()
    print(f"\n{story.checks} checks held in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
