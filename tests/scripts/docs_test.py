#!/usr/bin/env python3
"""Runs every shell block of the documents, in order, as a reader would.

usage: docs_test.py COFFER

A block that is one daemon's command runs in the background, as in a second terminal, until the document ends. Where a
block prints a Connect Link, the reader opens it and signs in as alice@example.com. A block after the line
"<!-- run by .ci/run -->" is not run here: each of its lines has to stand in that script. A console block after
"<!-- printed by ./dev demo -->" has to be what the demo prints. $MOCK_URL is a mock provider, where a document asks for it, and
$CLIENTS the folder mockprovider/clients.
"""
import pathlib
import re
import subprocess
import sys

from coffer_process import ROOT, temporary_home
from transcripts import Transcript, difference, normalised, visit

BLOCK = re.compile(r"(?:^<!-- (.+?) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DAEMON = re.compile(r"^coffer (dev|serve|mock)\b[^\n]*\n$")
LINK = re.compile(r"http://127\.0\.0\.1:\d+/link/\S+")
VARYING = [(re.compile(r"in \d+\.\d s"), "in N s"), (re.compile(r"\d+ files"), "N files"),
           (re.compile(r"\d+ credentials"), "N credentials")]


def fail(document, block, what):
    sys.exit(f"{document.relative_to(ROOT)}: {what}, in the block\n{block}")


def check_ci_runs(document, block):
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    missing = [line for line in block.splitlines() if line.split("#")[0].strip() not in script]
    if missing:
        fail(document, block, f".ci/run does not run {missing}")


def check_demo(document, block, binary):
    run = subprocess.run([sys.executable, ROOT / "examples" / "lifecycle.py", binary], capture_output=True, text=True, timeout=240)

    def lines(text):
        for pattern, kind in VARYING:
            text = pattern.sub(kind, text)
        return [line for line in normalised(text, "HOME").splitlines() if line]

    if run.returncode != 0 or lines(run.stdout) != lines(block):
        fail(document, difference(lines(block), lines(run.stdout)), "the demo prints something else" + run.stderr)


def run_block(transcript, document, block):
    if DAEMON.match(block):
        name = f"daemon{len(transcript.background)}"
        transcript.run(f"start {name} 'coffer ' {block.strip()}")
        return
    out, err, code = transcript.run("set -eu\n" + block)
    if code != 0:
        fail(document, block, f"ended with {code}: {out}{err}")
    for link in LINK.findall(out):
        visit(link, "alice@example.com")


def check_document(document, binary):
    """How many blocks were run."""
    count = 0
    with temporary_home() as home:
        transcript = Transcript(binary, home)
        # Daemons take any free port; the commands find it as they find any other.
        transcript.variables |= {"COFFER_DEV_PORT": "0", "COFFER_SERVE_PORT": "0", "CLIENTS": str(ROOT / "mockprovider" / "clients")}
        try:
            if "$MOCK_URL" in document.read_text():
                transcript.run("start mock control_url coffer mock --print-json")
                transcript.run("MOCK_URL=$(field url < mock.out)")
            for note, language, block in BLOCK.findall(document.read_text()):
                if language == "console" and note == "printed by ./dev demo":
                    check_demo(document, block, binary)
                elif language == "sh" and note == "run by .ci/run":
                    check_ci_runs(document, block)
                elif language == "sh":
                    run_block(transcript, document, block)
                    count += 1
        finally:
            transcript.close()
    return count


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    documents = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
    counts = {document.name: check_document(document, binary) for document in documents}
    if counts["README.md"] == 0:
        sys.exit("README.md has no shell block that runs")
    print(f"{sum(counts.values())} shell blocks ran")


if __name__ == "__main__":
    main()
