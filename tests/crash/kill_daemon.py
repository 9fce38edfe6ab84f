#!/usr/bin/env python3
"""Kills the daemon with SIGKILL at random moments of a connection's life, restarts it, and checks what it then says.

usage: kill_daemon.py COFFER [ROUNDS [SEED]]

Vault and mock provider are two processes, so that the provider outlives each kill. Every change that was acknowledged
must stand; one that was under way may have happened or not; nothing else. The vault must open, `coffer doctor` must
find it sound, and accounts that are ACTIVE must still work.
"""
import json
import pathlib
import random
import subprocess
import sys
import threading
import time
import urllib.error

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "examples"), str(ROOT / "tests" / "scripts")]

from coffer_process import daemon, environment, temporary_home  # noqa: E402
from form_browser import FormBrowser  # noqa: E402
from lifecycle import Api  # noqa: E402

TOOLS = {"gmail": "GMAIL_GET_PROFILE", "jira": "JIRA_GET_CURRENT_USER"}
GONE = (OSError, urllib.error.URLError, json.JSONDecodeError)


class Killed(Exception):
    """The daemon went away under a request."""


class Daemon:
    """`coffer serve` on the one vault of this test, killed and started again."""

    def __init__(self, binary, home, mock):
        self.binary, self.home, self.mock = binary, home, mock
        self.process = None

    def start(self):
        command = [self.binary, "serve", "--port", "0", "--print-json", "--test-controls", "--mock-url", self.mock["url"],
                   "--managed-clients", str(self.home / "clients.json")]
        log = open(self.home / "serve.log", "ab")
        self.process = subprocess.Popen(command, env=environment(self.home), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the vault does not open after a kill:\n" + (self.home / "serve.log").read_text()[-3000:])
        key = (self.home / "config" / "coffer" / "api-key").read_text().strip()
        return Api(json.loads(line)["url"], key)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Life:
    """One user's life, and for each account the states that it may be in if the daemon dies now."""

    def __init__(self, user, mock):
        self.user, self.mock = user, mock
        self.allowed = {}  # account -> set of statuses
        self.toolkit_of = {}
        self.step = "not begun"

    def live(self, api):
        try:
            for toolkit in TOOLS:
                account = self.connect(api, toolkit, {"INITIATED"})
                self.work(api, account)
                self.refresh(api, account)
                self.work(api, account)
            self.expire(api, account)
            again = self.connect(api, "jira", {"EXPIRED", "INITIATED"})
            if again != account:
                raise SystemExit(f"the fresh link made a new account: {again}, not {account}")
            self.step = "done"
        except GONE as error:
            raise Killed(str(error)) from error

    def connect(self, api, toolkit, before):
        self.step = f"link for {toolkit}"
        for known in self.allowed:
            if self.toolkit_of[known] == toolkit:
                self.allowed[known] = set(before)
        config = api.post("/api/v3/auth_configs", {"toolkit": {"slug": toolkit}})["auth_config"]["id"]
        link = api.post("/api/v3/connected_accounts/link", {"auth_config_id": config, "user_id": self.user})
        account = link["connected_account_id"]
        self.toolkit_of[account] = toolkit
        self.step = f"consent for {toolkit}"
        self.allowed[account] = {"INITIATED", "ACTIVE"}
        page = FormBrowser().walk(link["redirect_url"], {"email": "alice@example.com", "password": "password"})
        if page.status >= 400:
            raise SystemExit(f"the link of {toolkit} failed: {page.body}")
        self.allowed[account] = {"ACTIVE"}
        return account

    def work(self, api, account):
        self.step = f"tool call of {self.toolkit_of[account]}"
        status, answer = api.execute(self.user, TOOLS[self.toolkit_of[account]], account=account)
        if status != 200 or not answer["successful"]:
            raise SystemExit(f"{self.user}: {self.step} failed: {status} {answer}")

    def refresh(self, api, account):
        self.step = f"refresh of {self.toolkit_of[account]}"
        api.post(f"/_coffer/accounts/{account}/refresh", {"force": True})

    def expire(self, api, account):
        self.step = f"expiry of {self.toolkit_of[account]}"
        self.allowed[account] = {"ACTIVE", "EXPIRED"}
        self.mock.post("/_mock/grants/revoke", {"provider": "atlassian", "account": "alice@example.com", "what": "all"})
        self.refresh(api, account)
        self.allowed[account] = {"EXPIRED"}


def measure(life, api):
    """How long an undisturbed life takes."""
    began = time.monotonic()
    life.live(api)
    return time.monotonic() - began


def live_until_killed(life, api, server, delay):
    """True if the kill came before the end of the story."""
    timer = threading.Timer(delay, server.kill)
    timer.start()
    try:
        life.live(api)
        return False
    except Killed:
        return True
    except RuntimeError as error:  # an answer of a daemon that was dying cannot be one of these
        raise SystemExit(f"{life.user}: {life.step}: {error}") from error
    finally:
        timer.join()


def check(life, api, was_killed):
    for account, allowed in life.allowed.items():
        status = api.status_of(account)
        if status not in allowed:
            raise SystemExit(f"{life.user}: killed during {life.step}: {account} is {status}, not one of {sorted(allowed)}")
        # A grant that was revoked a moment ago may fail its next use; all others must work.
        if status == "ACTIVE" and allowed == {"ACTIVE"}:
            life.work(api, account)
    if not was_killed and set(map(frozenset, life.allowed.values())) != {frozenset({"ACTIVE"})}:
        raise SystemExit(f"{life.user}: the undisturbed life did not end ACTIVE: {life.allowed}")


def doctor(binary, home):
    run = subprocess.run([binary, "doctor", "--json"], env=environment(home), capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        raise SystemExit(f"coffer doctor ended with {run.returncode}:\n{run.stdout}{run.stderr}")


def main():
    binary = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    choice = random.Random(seed)
    with temporary_home() as home:
        subprocess.run([binary, "init"], env=environment(home), check=True, stdout=subprocess.DEVNULL)
        with daemon(binary, home, "--managed-clients", str(home / "clients.json"), command="mock") as mock:
            server, control = Daemon(binary, home, mock), Api(mock["url"], "")
            span = measure(Life("user_measure", control), server.start())
            server.kill()
            killed = {}
            for number in range(rounds):
                life = Life(f"user_{number}", control)
                was_killed = live_until_killed(life, server.start(), server, choice.uniform(0, span))
                doctor(binary, home)
                check(life, server.start(), was_killed)
                server.kill()
                step = life.step if was_killed else "after the end"
                killed[step] = killed.get(step, 0) + 1
    for step, count in sorted(killed.items()):
        print(f"  {count:3} kills during {step}")
    print(f"kill_daemon: {rounds} kills, seed {seed}: no acknowledged change lost, the vault sound each time")


if __name__ == "__main__":
    main()
