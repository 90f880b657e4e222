"""Which interpreter a gateway runs under, and how it was built: two builds differ by a tenth."""

import json
import subprocess

ASK = """
import json, platform, sysconfig, time

class One:
    __slots__ = ("sum",)
    def add(self, number):
        self.sum = (self.sum + number) & 1023
        return self.sum

def loop():
    one, found = One(), {}
    one.sum = 0
    for number in range(100_000):
        found[one.add(number)] = (number, one)

def once():
    began = time.process_time()
    loop()
    return time.process_time() - began

print(json.dumps({
    "name": f"{platform.python_implementation()} {platform.python_version()}",
    "compiler": platform.python_compiler(),
    "how": sysconfig.get_config_var("CONFIG_ARGS") or "",
    "loop_ms": round(min(once() for _ in range(9)) * 1e3, 1),
}))
"""
OPTIONS = ("--enable-optimizations", "--with-lto")


def version(python: str) -> str:
    """Give a version in short."""
    return str(_asked(python)["name"]).rpartition(" ")[2]


def told(python: str) -> str:
    """Say what it is. Distributions build with a profile and do not say so: the loop does."""
    found = _asked(python)
    stated = [option for option in OPTIONS if option in str(found["how"])]
    built = " ".join(stated) or "no optimisation stated when it was configured"
    loop = f"a loop of calls takes {found['loop_ms']} ms"
    return f"{found['name']}, {found['compiler']}, {built}; {loop}"


def _asked(python: str) -> dict[str, object]:
    done = subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found
