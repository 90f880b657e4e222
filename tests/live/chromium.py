"""A headless browser that opens one file, with everything it does on its own account switched off.

It is spoken to through pipes (DevTools protocol), so that no port is opened.
"""

import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def found() -> str | None:
    """Give the path of a browser, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page at a time; every console message and every request of it is noted."""

    def __init__(self, read: BinaryIO, write: BinaryIO) -> None:
        self._read = read
        self._write = write
        self._last = 0
        self._rest = b""
        self._target = ""
        self._session: str | None = None
        self.events: list[Mapping[str, Any]] = []

    def fresh(self) -> None:
        """Leave the page for a new one, in which nothing is set and nothing was noted."""
        self._session = None
        if self._target:
            self.call("Target.closeTarget", targetId=self._target)
        self._target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.events.clear()

    def call(self, method: str, **params: object) -> Mapping[str, Any]:
        """Call a method of the protocol and give its result."""
        self._last += 1
        message: dict[str, object] = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._write.write(json.dumps(message).encode() + b"\0")
        self._write.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                result: Mapping[str, Any] = answer["result"]
                return result

    def open(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self.call("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """Give what a script expression is in the page."""
        done = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def wait_for(self, expression: str, *, tries: int = 500) -> None:
        """Ask until a script expression is true, resting for the browser in between."""
        for _ in range(tries):
            if self.value(f"Boolean({expression})"):
                return
            select.select([self._read], [], [], 0.02)
        raise AssertionError(expression)

    def named(self, method: str) -> list[Mapping[str, Any]]:
        """Give the parameters of every event of a name so far."""
        return [event["params"] for event in self.events if event["method"] == method]

    def _next(self) -> Mapping[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._read.fileno(), 1 << 16)
            assert piece, "the browser went away"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        read: Mapping[str, Any] = json.loads(message)
        if "method" in read and read.get("sessionId") == self._session:
            self.events.append(read)
        return read


@contextmanager
def started(profile: Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own, and end it."""
    path = found()
    assert path
    to_browser, from_us = os.pipe()
    to_us, from_browser = os.pipe()

    def in_place() -> None:
        # Copies first: one of the pipes may already be descriptor 3 or 4.
        reading, writing = os.dup(to_browser), os.dup(from_browser)
        os.dup2(reading, 3)
        os.dup2(writing, 4)

    process = subprocess.Popen(
        [path, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        preexec_fn=in_place,  # noqa: PLW1509 - the pipes must be descriptors 3 and 4
        pass_fds=(3, 4),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    with os.fdopen(to_us, "rb") as read, os.fdopen(from_us, "wb") as write:
        try:
            yield Browser(read, write)
        finally:
            process.terminate()
            process.wait(timeout=20)
