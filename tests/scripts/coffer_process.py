"""Runs coffer for tests: a home of its own, daemons that end with the test."""
import contextlib
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def environment(home, **more):
    """Nothing of the caller's but PATH: no key, URL or configuration may leak in."""
    folders = {"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "run"}
    result = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            result[name] = os.environ[name]
    for name, folder in folders.items():
        result[name] = str(home / folder)
        (home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    return result | more


@contextlib.contextmanager
def temporary_home():
    with tempfile.TemporaryDirectory(prefix="coffer-test-") as directory:
        yield pathlib.Path(directory)


@contextlib.contextmanager
def daemon(binary, home, *arguments, command="dev"):
    """A running daemon's ready line as a dict. Ends with SIGTERM, and must end with 0."""
    log_path = home / "daemon.log"
    with open(log_path, "ab") as log:
        process = subprocess.Popen([str(binary), command, "--port", "0", "--print-json", *arguments], env=environment(home),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"coffer {command} did not start:\n{log_path.read_text()}")
        yield json.loads(line)
        process.terminate()
        code = process.wait(timeout=60)
        if code != 0:
            raise RuntimeError(f"coffer {command} ended with {code}:\n{log_path.read_text()[-4000:]}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
