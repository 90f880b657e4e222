"""See to the Debian packages that the live tests need: install them as root, else say how.

With CI=true a missing part is an error, because a test that is passed over proves nothing.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A package, and what shows that it is here however it was installed."""

    package: str
    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def present(self) -> bool:
        """Tell whether any of the signs is there."""
        return any(shutil.which(name) for name in self.commands) or any(
            Path(name).exists() for name in self.files
        )


PARTS = (
    Part(package="chromium", commands=("chromium", "chromium-browser", "google-chrome")),
    Part(
        package="fonts-noto-cjk",
        files=(
            "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
        ),
    ),
    Part(package="prometheus", commands=("promtool",)),
    Part(package="prometheus-alertmanager", commands=("amtool",)),
    Part(package="haproxy", commands=("haproxy",), files=("/usr/sbin/haproxy",)),
    Part(package="nginx", commands=("nginx",), files=("/usr/sbin/nginx",)),
    Part(package="nodejs", commands=("node",)),
    Part(package="npm", commands=("npm",)),
)


WAIT = ("-o", "DPkg::Lock::Timeout=300")  # another installation may be running


def main() -> int:
    """Install what is missing, or print the line that does."""
    missing = [part.package for part in PARTS if not part.present()]
    if not missing:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"==> installing {', '.join(missing)}", flush=True)
        _install(missing)
        missing = [part.package for part in PARTS if not part.present()]
    if not missing:
        return 0
    print("Missing for the live tests; on Debian or Ubuntu:")
    print(f"  sudo apt-get update && sudo apt-get install -y {' '.join(missing)}")
    return 1 if os.environ.get("CI") == "true" else 0


def _install(packages: list[str]) -> None:
    # RUNLEVEL=1 keeps Debian's scripts from starting the servers that they install.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *WAIT, *packages]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, env=quiet, check=False)


if __name__ == "__main__":
    raise SystemExit(main())
