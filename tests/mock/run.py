#!/usr/bin/env python3
"""Runs the Node programs of this folder against coffer.

usage: run.py COFFER PROGRAM [ARGUMENT...]    after `npm ci` in this folder, which brings the packages and Node
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scripts"))
from coffer_process import environment, temporary_home  # noqa: E402


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    program, *arguments = sys.argv[2:]
    node = HERE / "node_modules" / ".bin" / "node"
    if not node.exists():
        sys.exit("the npm packages are not installed: run `npm ci` in tests/mock, or ./dev test")
    with temporary_home() as home:
        run = subprocess.run([str(node), program, str(binary), *arguments], cwd=HERE, env=environment(home),
                             stdin=subprocess.DEVNULL, timeout=280)
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
