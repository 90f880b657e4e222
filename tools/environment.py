"""Make a virtual environment that holds exactly a lock file and this project.

A second run ends at once: a stamp in the environment names the lock, the project file and the
interpreter it was made from. Only the standard library is used, because nothing is installed yet.

    python3 tools/environment.py .venv requirements/run.txt
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "tenken-environment"
OLDEST = (3, 11)
HELD = {
    "serve.txt": ("run.txt", "serve.txt"),
    "embedded.txt": ("run.txt", "serve.txt", "embedded.txt"),
    "example.txt": ("run.txt", "serve.txt", "example.txt"),
    "test.txt": ("run.txt", "serve.txt", "example.txt", "test.txt"),
    "dev.txt": ("run.txt", "serve.txt", "embedded.txt", "example.txt", "test.txt", "dev.txt"),
}
"""Every package of these locks is in the one on the left."""
BEGUN = ("Collecting ", "Processing ", "Requirement already satisfied", "Ignoring ")
"""How pip begins to speak of the next package."""
LAST_WORDS = 40


def main() -> int:
    """Bring the environment up to date, or say in one line why that is impossible."""
    parser = argparse.ArgumentParser(description="Make a virtual environment from a lock file.")
    parser.add_argument("venv", type=Path)
    parser.add_argument("lock", type=Path)
    arguments = parser.parse_args()
    if sys.version_info < OLDEST:
        print(f"tenken needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
        return 1
    try:
        bring_up_to_date(arguments.venv, arguments.lock)
    except subprocess.CalledProcessError as failure:
        print(f"\nCould not make {arguments.venv}: this command failed:\n  {_line(failure.cmd)}")
        if failure.cmd[1:3] == ["-m", "venv"]:
            print("On Debian and Ubuntu, python3-venv must be installed.")
        return 1
    return 0


def bring_up_to_date(venv: Path, lock: Path) -> None:
    """Create the environment when there is none that fits, then install what is missing."""
    held = _stamps(venv)
    if _key(lock) in held:
        return
    if not _same_interpreter(venv):
        print(f"==> {venv}: new environment, Python {sys.version.split()[0]}", flush=True)
        shutil.rmtree(venv, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(venv)])
    pip = [str(_python(venv)), "-m", "pip", "--disable-pip-version-check", "install"]
    told = f"==> {venv}: installing {lock} (hashes checked)"
    _told([*pip, "--require-hashes", "--no-deps", "--requirement", str(lock)], told, _held(lock))
    own = [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    _told(own, f"==> {venv}: installing tenken itself", 0)
    _write_stamps(venv, lock)


def _write_stamps(venv: Path, lock: Path) -> None:
    """Note this lock and every one that it holds."""
    keys = [_key(lock.parent / name) for name in HELD.get(lock.name, (lock.name,))]
    (venv / STAMP).write_text("\n".join(keys) + "\n", encoding="utf-8")


def _key(lock: Path) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in (lock, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return f"{lock.name} {digest.hexdigest()}"


def _stamps(venv: Path) -> list[str]:
    stamp = venv / STAMP
    return stamp.read_text(encoding="utf-8").splitlines() if stamp.exists() else []


def _same_interpreter(venv: Path) -> bool:
    """Tell whether the environment still runs, and on the Python we were started with."""
    ask = [str(_python(venv)), "-c", "import sys, pip; print(sys.version)"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == sys.version.strip()


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _held(lock: Path) -> int:
    """How many packages a lock names."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return sum("==" in line and not line.startswith((" ", "#")) for line in lines)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def _told(command: list[str], told: str, many: int) -> None:
    """Run pip, and say how far it is in place of its lines; they are shown where it fails."""
    last: deque[str] = deque(maxlen=LAST_WORDS)
    begun, shows = 0, sys.stdout.isatty() and many > 0
    print(told, end="" if shows else "\n", flush=True)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as running:
        for line in running.stdout or ():
            last.append(line)
            begun += line.startswith(BEGUN)
            if shows:
                print(f"\r{told}: {min(begun, many)} of {many}", end="", flush=True)
    if shows:
        print()
    if running.returncode:
        print("".join(last), end="")
        raise subprocess.CalledProcessError(running.returncode, command)


def _line(command: object) -> str:
    return " ".join(command) if isinstance(command, list) else str(command)


if __name__ == "__main__":
    raise SystemExit(main())
