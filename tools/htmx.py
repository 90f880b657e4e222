"""Write the script that pages of the console bring along anew, from its package.

    python tools/htmx.py [--check]

Fetches one package by npm; unless the script in it has the very hash below, nothing is written.
Licence: Zero-Clause BSD. With --check nothing is fetched: the file here is compared with the hash.
"""

import argparse
import hashlib
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "src" / "tenken" / "console" / "assets" / "htmx.min.js"
PACKAGE = "htmx.org@2.0.10"
INSIDE = "package/dist/htmx.min.js"
SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or only compare it."""
    parser = argparse.ArgumentParser(description="Write the console's script anew.")
    parser.add_argument("--check", action="store_true", help="compare, and fetch nothing")
    content = FILE.read_bytes() if parser.parse_args(arguments).check else _fetched()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        print(f"{PACKAGE}: {INSIDE} has {found}, expected {SHA256}")
        return 1
    FILE.write_bytes(content)
    return 0


def _fetched() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", "--ignore-scripts", PACKAGE], cwd=folder, check=True
        )
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as opened:
            inside = opened.extractfile(INSIDE)
            return inside.read() if inside else b""


if __name__ == "__main__":
    raise SystemExit(main())
