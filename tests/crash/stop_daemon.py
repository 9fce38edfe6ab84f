#!/usr/bin/env python3
"""Stops the daemon while its provider hangs: it must end within its limit, and nothing may be lost.

usage: stop_daemon.py COFFER

Vault and mock provider are two processes. The mock takes a request and does not answer; SIGTERM then finds a token
request, a tool call or a code exchange under way.
"""
import json
import pathlib
import signal
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

PATIENCE = 20  # seconds that anything may take
SLACK = 3.5  # what the stop may take beyond its limit: docs/cli.md says three seconds


class Daemon:
    def __init__(self, binary, home, mock, stop_timeout):
        command = [binary, "serve", "--port", "0", "--print-json", "--test-controls", "--mock-url", mock["url"],
                   "--managed-clients", str(home / "clients.json"), "--stop-timeout", stop_timeout]
        log = open(home / "serve.log", "ab")
        self.process = subprocess.Popen(command, env=environment(home), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the daemon does not start:\n" + (home / "serve.log").read_text()[-3000:])
        key = (home / "config" / "coffer" / "api-key").read_text().strip()
        self.api = Api(json.loads(line)["url"], key)

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def end(self):
        """The exit code, and how long it took."""
        began = time.monotonic()
        code = self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()
        return code, time.monotonic() - began


def connect(api, user, toolkit):
    config = api.post("/api/v3/auth_configs", {"toolkit": {"slug": toolkit}})["auth_config"]["id"]
    link = api.post("/api/v3/connected_accounts/link", {"auth_config_id": config, "user_id": user})
    page = FormBrowser().walk(link["redirect_url"], {"email": "alice@example.com", "password": "password"})
    if page.status >= 400:
        raise SystemExit(f"the link failed: {page.body}")
    return link["connected_account_id"]


def under_way(mock, endpoint, call):
    """Begins `call` in a thread and returns when the mock holds its request; the call's outcome goes to a list."""
    outcome = []

    def run():
        try:
            outcome.append(call())
        except (OSError, urllib.error.URLError, RuntimeError, json.JSONDecodeError) as error:
            outcome.append(error)

    mock.post("/_mock/faults", {"endpoint": endpoint, "action": "hang", "for": "60s"})
    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + PATIENCE
    while mock.get("/_mock/faults")["faults"][-1]["hits"] == 0:
        if time.monotonic() > until:
            raise SystemExit(f"no request came to {endpoint}")
        time.sleep(0.02)
    return thread, outcome


def expect(truth, what):
    if not truth:
        raise SystemExit(what)


def cut_refresh(binary, home, mock, control):
    """A token request that is cut is what a crash leaves: the account stays, and is refreshed after the restart."""
    server = Daemon(binary, home, mock, "1s")
    account = connect(server.api, "alice", "gmail")
    thread, _ = under_way(control, "refresh",
                          lambda: server.api.post(f"/_coffer/accounts/{account}/refresh", {"force": True}))
    server.signal()
    code, took = server.end()
    thread.join()
    expect(code == 0, f"cut refresh: ended with {code}")
    expect(1 <= took < 1 + SLACK, f"cut refresh: stopped after {took:.1f} s")
    control.call("DELETE", "/_mock/faults")
    server = Daemon(binary, home, mock, "1s")
    expect(server.api.status_of(account) == "ACTIVE", "cut refresh: the account is lost")
    result = server.api.post(f"/_coffer/accounts/{account}/refresh", {"force": True})["result"]
    expect(result == "refreshed", f"cut refresh: the next one is {result}")
    server.signal()
    code, took = server.end()
    expect(code == 0 and took < SLACK, f"an idle daemon ended with {code} after {took:.1f} s")


def cut_tool_call(binary, home, mock, control):
    """The caller of a tool is told that it was cut short; it is not left waiting."""
    server = Daemon(binary, home, mock, "500ms")
    connect(server.api, "bob", "gmail")
    thread, outcome = under_way(control, "api:gmail", lambda: server.api.execute("bob", "GMAIL_GET_PROFILE"))
    server.signal()
    code, took = server.end()
    thread.join()
    control.call("DELETE", "/_mock/faults")
    expect(code == 0 and took < 0.5 + SLACK, f"cut tool call: ended with {code} after {took:.1f} s")
    expect(isinstance(outcome[0], tuple), f"cut tool call: the caller heard {outcome[0]!r}")


def finished_refresh(binary, home, mock, control):
    """What ends within the limit is not cut."""
    server = Daemon(binary, home, mock, "30s")
    account = connect(server.api, "carol", "gmail")
    control.post("/_mock/faults", {"endpoint": "refresh", "action": "delay", "latency": "1s"})
    outcome = []
    thread = threading.Thread(
        target=lambda: outcome.append(server.api.post(f"/_coffer/accounts/{account}/refresh", {"force": True})))
    thread.start()
    until = time.monotonic() + PATIENCE
    while control.get("/_mock/faults")["faults"][-1]["hits"] == 0 and time.monotonic() < until:
        time.sleep(0.02)
    server.signal()
    code, _ = server.end()
    thread.join()
    control.call("DELETE", "/_mock/faults")
    expect(code == 0, f"a slow refresh: ended with {code}")
    expect(outcome and outcome[0]["result"] == "refreshed", f"a slow refresh was not waited for: {outcome}")


def second_signal(binary, home, mock, control):
    """A second signal, not at once, ends the daemon there and then; the vault is as after a crash."""
    server = Daemon(binary, home, mock, "60s")
    account = connect(server.api, "dave", "gmail")
    thread, _ = under_way(control, "refresh",
                          lambda: server.api.post(f"/_coffer/accounts/{account}/refresh", {"force": True}))
    server.signal()
    server.signal(signal.SIGINT)  # the same wish, passed on twice: not yet
    time.sleep(1.2)
    expect(server.process.poll() is None, "signals of one moment were taken for two")
    server.signal()
    code, took = server.end()
    thread.join()
    control.call("DELETE", "/_mock/faults")
    expect(code == 128 + signal.SIGTERM and took < SLACK, f"second signal: ended with {code} after {took:.1f} s")
    server = Daemon(binary, home, mock, "1s")
    expect(server.api.status_of(account) == "ACTIVE", "second signal: the account is lost")
    server.signal()
    expect(server.end()[0] == 0, "second signal: the next daemon does not end well")


def hanging_dev(binary):
    """`coffer dev` has the hanging mock in the same process."""
    with temporary_home() as home:
        process = subprocess.Popen([binary, "dev", "--port", "0", "--print-json", "--stop-timeout", "500ms"],
                                   env=environment(home), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        ready = json.loads(process.stdout.readline())
        api, control = Api(ready["url"], ready["api_key"]), Api(ready["mock_url"], "")
        account = connect(api, "alice", "gmail")
        thread, _ = under_way(control, "refresh",
                              lambda: api.post(f"/_coffer/accounts/{account}/refresh", {"force": True}))
        process.terminate()
        began = time.monotonic()
        code = process.wait(timeout=PATIENCE)
        took = time.monotonic() - began
        thread.join()
        process.stdout.close()
        expect(code == 0 and took < 0.5 + SLACK, f"dev: ended with {code} after {took:.1f} s")


def main(binary):
    with temporary_home() as home:
        subprocess.run([binary, "init"], env=environment(home), check=True, stdout=subprocess.DEVNULL)
        with daemon(binary, home, "--managed-clients", str(home / "clients.json"), command="mock") as mock:
            control = Api(mock["url"], "")
            for story in (cut_refresh, cut_tool_call, finished_refresh, second_signal):
                story(binary, home, mock, control)
    hanging_dev(binary)
    print("stopped within the limit, with nothing lost")


if __name__ == "__main__":
    main(sys.argv[1])
