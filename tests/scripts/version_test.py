#!/usr/bin/env python3
"""The binary tells the version that CMakeLists.txt gives the project. usage: version_test.py COFFER VERSION"""
import subprocess
import sys

binary, version = sys.argv[1:]
told = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout.strip()
if told != f"coffer {version}":
    sys.exit(f"coffer says {told!r}, the project is {version}")
