"""Find the Pythons of this machine that we support, and run the unit tests on the others.

`make test` runs everything on one version; this runs the unit tests on each of the remaining
ones, and names those that are absent instead of passing over them.

    .venv/bin/python tools/interpreters.py            # list
    .venv/bin/python tools/interpreters.py --test     # run the unit tests on the others
    python3 tools/interpreters.py --find python3.12   # where one is, though its name may not run
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
# A shim on PATH may exist and refuse to run; one without ensurepip cannot make an environment.
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
UNIT = ["tests", "-m", "not live and not slow", "-n", "2", "--dist", "worksteal", "-q"]


def main() -> int:
    """List the interpreters, or test on every one but ours; the exit code is the worst one."""
    parser = argparse.ArgumentParser(description="Unit tests on every supported Python here.")
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--find", metavar="NAME")
    arguments = parser.parse_args()
    if arguments.find:
        print(find(arguments.find.removeprefix("python")) or "")
        return 0
    worst = 0
    for version in SUPPORTED:
        python = sys.executable if version == HERE else find(version)
        print(f"==> Python {version}: {python or 'absent, not tested here'}", flush=True)
        if arguments.test and python and version != HERE:
            worst = max(worst, unit_tests(version, python))
    return worst


def find(version: str) -> str | None:
    """Give the first interpreter of this version that truly runs, or None."""
    return next((python for python in _candidates(version) if _runs(python, version)), None)


def unit_tests(version: str, python: str) -> int:
    """Run the unit tests on that interpreter, in an environment of its own."""
    venv = f".venv-{version}"
    made = subprocess.run(
        [python, "tools/environment.py", venv, "requirements/test.txt"], check=False
    )
    if made.returncode:
        return made.returncode
    return subprocess.run([f"{venv}/bin/python", "-m", "pytest", *UNIT], check=False).returncode


def _candidates(version: str) -> Iterator[str]:
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for folder in sorted(pyenv.glob(f"versions/{version}*"), reverse=True):
        yield str(folder / "bin" / "python")
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        yield _answer([str(uv), "python", "find", "--no-python-downloads", version])


def _runs(python: str, version: str) -> bool:
    return bool(python) and _answer([python, "-c", PROBE]) == version


def _answer(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    raise SystemExit(main())
