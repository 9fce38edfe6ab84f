#!/usr/bin/env python3
"""Runs the transcripts of command lines in tests/scripts/transcripts and compares what they print.

usage: transcripts.py COFFER [--write] [NAME...]    --write replaces what is expected by what was printed

A transcript is text: "$ command" (bash), then what it prints; lines of standard error begin with "! ", a status
other than 0 stands last as "[exit 4]". Empty lines part commands and are left out of what is printed. Lines that begin with # are for the reader. Variables last to the end of the
transcript. Ids, ports, times and directories are replaced by their kind.

Besides programs a transcript may use
  start NAME TEXT COMMAND...  runs a command in the background, until its output holds TEXT; what it prints so far
                              on standard output is in the file NAME.out
  stop NAME | finish NAME     SIGTERM, or nothing: then waits for its end and prints its output
  destroy NAME                SIGKILL, and waits
  fetch URL                   prints what it answers
  field PATH                  the member of the JSON on standard input: "0.id"
  visit LINK EMAIL [NAME=VALUE...]  what a person does with a Connect Link; prints the last page's heading
"""
import difflib
import json
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
from coffer_process import ROOT, environment, temporary_home  # noqa: E402

sys.path.insert(0, str(ROOT / "examples"))
from form_browser import FormBrowser  # noqa: E402

LIMIT = 60  # seconds for any one command

KINDS = [
    (re.compile(r"\bca_[A-Za-z0-9_-]{12}"), "ca_xxxxxxxxxxxx"),
    (re.compile(r"\b(ac|ws|trs|log|msg)_[A-Za-z0-9_-]{12,36}"), r"\1_..."),
    (re.compile(r"\b(lk|cfr|whsec|mcs)_[A-Za-z0-9_+/=-]{20,}"), r"\1_..."),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"), "TIME"),
    (re.compile(r'"pid":\d+'), '"pid":N'),
]


def normalised(text, home):
    text = text.replace(str(home), "HOME")
    for pattern, kind in KINDS:
        text = pattern.sub(kind, text)
    return text


class Background:
    def __init__(self, name, text, command, variables, cwd):
        self.process = subprocess.Popen(command, env=variables, cwd=cwd, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.out, self.err = [], []
        self.seen = threading.Condition()
        self.readers = [threading.Thread(target=self.read, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for reader in self.readers:
            reader.start()
        self.wait_for(text)
        (cwd / f"{name}.out").write_text("".join(self.out))

    def read(self, stream, lines):
        for line in stream:
            with self.seen:
                lines.append(line)
                self.seen.notify_all()
        with self.seen:
            self.seen.notify_all()

    def wait_for(self, text):
        def is_there():
            return any(text in line for line in self.out + self.err)

        def is_settled():
            return is_there() or not any(reader.is_alive() for reader in self.readers)
        with self.seen:
            self.seen.wait_for(is_settled, LIMIT)
            if not is_there():
                self.process.kill()
                raise RuntimeError(f"{self.process.args} never printed {text!r}: {self.out + self.err}")

    def end(self, with_signal=None):
        if with_signal:
            self.process.send_signal(with_signal)
        code = self.process.wait(LIMIT)
        for reader in self.readers:
            reader.join(LIMIT)
        # Log lines are for people: they carry times and durations.
        err = [line for line in self.err if not re.match(r"\d{4}-\d\d-\d\dT", line)]
        return "".join(self.out), "".join(err), code


class Transcript:
    def __init__(self, binary, home):
        self.home = home
        self.variables = environment(home)
        self.variables["PATH"] = f"{binary.parent}:{self.variables['PATH']}"
        self.work = home / "work"
        self.work.mkdir()
        self.background = {}
        self.state = home / "variables"
        self.state.touch()

    def run(self, command):
        """Standard output, standard error and status."""
        if command.split()[0] not in ("start", "stop", "finish", "destroy"):
            return self.run_shell(command)
        words = shlex.split(command.replace("$HOME", str(self.home)))
        if words[0] == "start":
            self.background[words[1]] = Background(words[1], words[2], words[3:], self.variables, self.work)
            return "", "", 0
        ended = self.background.pop(words[1]).end({"stop": signal.SIGTERM, "destroy": signal.SIGKILL}.get(words[0]))
        return ended if words[0] != "destroy" else ("", "", 0)

    def run_shell(self, command):
        helpers = "".join(f"{name}() {{ python3 {__file__} --{name} \"$@\"; }}; " for name in HELPERS)
        script = f"source {self.state}; {helpers} set -a\n{command}\ncode=$?\nexport -p > {self.state}; exit $code"
        run = subprocess.run(["bash", "-c", script], env=self.variables, cwd=self.work, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=LIMIT)
        return run.stdout, run.stderr, run.returncode

    def close(self):
        for program in self.background.values():
            program.process.kill()
            program.process.wait()


def told(out, err, code, home):
    lines = [line for line in out.splitlines() if line] + ["! " + line for line in err.splitlines()]
    return [normalised(line, home) for line in lines] + ([f"[exit {code}]"] if code != 0 else [])


def replay(path, binary):
    """The transcript as it is and as it should be, as lists of lines."""
    expected = path.read_text().splitlines()
    found = []
    with temporary_home() as home:
        transcript = Transcript(binary, home)
        try:
            for line in expected:
                if line.startswith("$ "):
                    found += [line] + told(*transcript.run(line[2:]), home)
                elif line.startswith("#") or not line:
                    found.append(line)
        finally:
            transcript.close()
    return expected, found


def difference(expected, found):
    return "\n".join(difflib.unified_diff(expected, found, "expected", "printed", lineterm="", n=4))


def visit(link, email, *pairs):
    values = {"email": email, "password": "password"} | dict(pair.split("=", 1) for pair in pairs)
    page = FormBrowser().walk(link, values)
    heading = re.search(r"<h1>(.*?)</h1>", page.body)
    print(page.status, heading[1] if heading else page.url)


def field(path):
    value = json.load(sys.stdin)
    for part in path.split("."):
        value = value[int(part) if isinstance(value, list) else part]
    print(value)


def fetch(url):
    print(urllib.request.urlopen(url, timeout=LIMIT).read().decode())


HELPERS = {"visit": visit, "field": field, "fetch": fetch}


def main():
    if sys.argv[1][2:] in HELPERS:
        return HELPERS[sys.argv[1][2:]](*sys.argv[2:])
    write = "--write" in sys.argv
    binary, *names = [argument for argument in sys.argv[1:] if argument != "--write"]
    paths = [path for path in sorted((HERE / "transcripts").glob("*.txt")) if not names or path.stem in names]
    failures = 0
    for path in paths:
        expected, found = replay(path, pathlib.Path(binary).resolve())
        if write:
            path.write_text("\n".join(found) + "\n")
        elif expected != found:
            failures += 1
            print(f"{path.stem}:\n{difference(expected, found)}\n")
    print(f"{len(paths) - failures} passed, {failures} failed")
    sys.exit(1 if failures or not paths else 0)


if __name__ == "__main__":
    main()
