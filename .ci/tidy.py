#!/usr/bin/env python3
"""Runs clang-tidy over every source of the product, in parallel. Tests are left out: the macros of
their framework take most of the time and raise most of the findings.

usage: tidy.py BUILD_DIRECTORY [JOBS]

A file whose preprocessed text was clean before is not read again: results are kept by content in
$XDG_CACHE_HOME/coffer/tidy.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

TIDY = "clang-tidy-14"
FOLDERS = ["vault", "mockprovider", "cli", "examples"]
ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "coffer" / "tidy"


def entries(build):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if any(path.is_relative_to(ROOT / folder) for folder in FOLDERS):
            yield entry


def preprocessed(entry):
    words = shlex.split(entry["command"])
    if "ccache" in words[0]:
        words = words[1:]
    output = words.index("-o")
    words[output:output + 2] = []
    run = subprocess.run(words + ["-E"], cwd=entry["directory"], capture_output=True)
    return run.stdout if run.returncode == 0 else None


def stamp_of(entry):
    text = preprocessed(entry)
    if text is None:
        return None
    version = subprocess.run([TIDY, "--version"], capture_output=True).stdout
    # Line markers name the directory that the project lies in.
    text = text.replace(str(ROOT).encode(), b".")
    return CACHE / hashlib.sha256(version + (ROOT / ".clang-tidy").read_bytes() + text).hexdigest()


def check(build, entry):
    """The findings in one source as text, empty if there are none."""
    stamp = stamp_of(entry)
    if stamp and stamp.exists():
        return ""
    # The compiler's own options are not all known to clang.
    command = [TIDY, "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", build, entry["file"]]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode == 0:
        if stamp:
            stamp.touch()
        return ""
    return run.stdout + re.sub(r"(?m)^\d+ warnings.*\n", "", run.stderr)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count()
    CACHE.mkdir(parents=True, exist_ok=True)
    todo = list(entries(build))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        findings = [text for text in pool.map(lambda entry: check(build, entry), todo) if text]
    print("".join(findings) + f"clang-tidy: {len(todo)} files, {len(findings)} with findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
