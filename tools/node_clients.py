"""Install the Node packages of the tests from their lock file: official clients, and axe.

They go into `.cache/node/`, once for each lock; no script of a package is run. Where npm is
missing, the tests that need them are skipped, but for CI=true: who is passed over proves nothing.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = ROOT / "tests" / "gateway" / "clients" / "node"
FILES = ("package.json", "package-lock.json")
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error")


def folder() -> Path:
    """Give where the packages of this very lock are, or will be."""
    digest = hashlib.sha256(b"".join([(WANTED / name).read_bytes() for name in FILES]))
    return ROOT / ".cache" / "node" / digest.hexdigest()[:16]


def modules() -> Path | None:
    """Give the folder that Node finds them in; None where they are not installed."""
    found = folder() / "node_modules"
    return found if (found / ".package-lock.json").exists() else None


def main() -> int:
    """Install them, or say why that is impossible."""
    if modules():
        return 0
    npm = shutil.which("npm")
    if not npm:
        print("Node's npm is missing: the official Node clients are not tried (make system)")
        return _failed()
    print(f"==> {folder().relative_to(ROOT)}: the official Node clients, and axe", flush=True)
    folder().mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(WANTED / name, folder() / name)
    done = subprocess.run([npm, "ci", *QUIET], cwd=folder(), check=False)
    if done.returncode == 0 and modules():
        return 0
    print("npm could not install the official Node clients: they are not tried")
    return _failed()


def _failed() -> int:
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    raise SystemExit(main())
