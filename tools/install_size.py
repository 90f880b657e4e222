"""Measure what `pip install tenken` brings: packages and megabytes, against our own limits.

Installs the wheel in dist/ into a new environment, as a person does.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

MOST_PACKAGES = 30
MOST_MEGABYTES = 60


def main() -> int:
    """Print the figures; fail when one is over its limit."""
    with tempfile.TemporaryDirectory() as folder:
        python = _new_environment(Path(folder))
        site = Path(_ask(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))
        before = _bytes(site)
        wheel = next(Path("dist").glob("tenken-*.whl"))
        subprocess.run([python, "-m", "pip", "install", "-qq", wheel], check=True)
        listed = json.loads(_ask(python, "-m", "pip", "list", "--format", "json"))
        packages = {entry["name"] for entry in listed} - {"pip", "setuptools"}
        megabytes = (_bytes(site) - before) / 1e6
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    print(f"Python {version}: {len(packages)} packages, {megabytes:.1f} MB installed")
    print(f"limits: {MOST_PACKAGES} packages, {MOST_MEGABYTES} MB")
    return int(len(packages) > MOST_PACKAGES or megabytes > MOST_MEGABYTES)


def _new_environment(folder: Path) -> str:
    venv.create(folder, with_pip=True)
    return str(folder / "bin" / "python")


def _ask(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    raise SystemExit(main())
