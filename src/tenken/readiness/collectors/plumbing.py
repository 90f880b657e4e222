"""Runs git on a repository that may be hostile: plumbing only, its configuration without effect.

A repository's own configuration can name programs (fsmonitor, hooks, filters, textconv, pagers,
signing, transports). Every such way is shut here: user and system files are not read,
commands that run filters or textconv are not used, and no transport is allowed, so that a partial
clone cannot fetch.
"""

import os
import select
import selectors
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import IO

from msgspec import Struct

TIMEOUT_S = 30.0
MAX_OUTPUT = 200_000_000
MAX_READ = 1 << 16
PIECE = select.PIPE_BUF
"""What a pipe takes at once: a larger piece could wait for who reads at the other end."""
SHUT = (
    "core.fsmonitor=false", "core.untrackedCache=false", "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null", "core.excludesFile=/dev/null", "core.pager=cat",
    "core.sshCommand=false", "core.askPass=false", "core.editor=false", "credential.helper=",
    "diff.external=", "log.showSignature=false", "gpg.program=false", "protocol.allow=never",
    "core.alternateRefsCommand=false", "submodule.recurse=false", "core.quotePath=false",
    # Ownership guards against programs named in the configuration; none of them can run here.
    "safe.directory=*",
)  # fmt: skip


class GitFailed(Struct, frozen=True):
    """A git command that gave no answer."""

    reason: str
    """`absent` (no git on this machine), `timeout`, `too_large`, `refused`."""
    detail: str = ""


class Started:
    """A command at work, or one that could not be started."""

    def __init__(self, process: "subprocess.Popen[bytes] | GitFailed", stdin: bytes = b"") -> None:
        self._process = process
        self._stdin = stdin

    def answer(self) -> bytes | GitFailed:
        """Wait for what it prints; asked once."""
        if isinstance(self._process, GitFailed):
            return self._process
        heard = _heard(self._process, self._stdin)
        if isinstance(heard, GitFailed):
            return heard
        printed, complaint = heard
        if self._process.returncode != 0:
            return GitFailed("refused", complaint.decode("utf-8", "replace").strip()[:300])
        return printed

    def line(self) -> str | None:
        """Wait for an answer of one line; None where there is none."""
        return in_one_line(self.answer())

    @property
    def has_ended(self) -> bool:
        """Whether there is no process of it any more, or never was one."""
        return isinstance(self._process, GitFailed) or self._process.returncode is not None

    def stop(self) -> None:
        """End it where nobody has waited for it to end by itself."""
        if isinstance(self._process, GitFailed) or self._process.returncode is not None:
            return
        self._process.kill()
        self._process.communicate()


def _heard(process: "subprocess.Popen[bytes]", given: bytes) -> tuple[bytes, bytes] | GitFailed:
    """Give a command what it reads and take what it prints, for so long and so much of it.

    A commit of a few kilobytes can hold an author's name of a gigabyte.
    """
    until, room = monotonic() + TIMEOUT_S, MAX_OUTPUT
    printed, complaint = bytearray(), bytearray()
    with selectors.DefaultSelector() as pipes:
        for pipe, taken in ((process.stdout, printed), (process.stderr, complaint)):
            if pipe is not None:
                pipes.register(pipe, selectors.EVENT_READ, taken)
        if process.stdin is not None:
            pipes.register(process.stdin, selectors.EVENT_WRITE, memoryview(given))
        while pipes.get_map():
            ready = pipes.select(until - monotonic())
            if not ready:
                return GitFailed("timeout")
            for key, _ in ready:
                room -= _moved(pipes, key)
            if room < 0:
                return GitFailed("too_large")
    try:
        process.wait(max(until - monotonic(), 0))
    except subprocess.TimeoutExpired:
        return GitFailed("timeout")
    return bytes(printed), bytes(complaint)


def _moved(pipes: selectors.BaseSelector, key: selectors.SelectorKey) -> int:
    """Read or write one piece; gives how much was read."""
    pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
    if isinstance(key.data, bytearray):
        piece = os.read(key.fd, MAX_READ)
        key.data.extend(piece)
        if not piece:
            pipes.unregister(pipe)
            pipe.close()
        return len(piece)
    rest: memoryview = key.data
    try:
        rest = rest[os.write(key.fd, rest[:PIECE]) :]
    except BrokenPipeError:
        rest = rest[:0]  # it has ended, and its status says why
    if rest:
        pipes.modify(pipe, selectors.EVENT_WRITE, rest)
    else:
        pipes.unregister(pipe)
        pipe.close()
    return 0


class Git(Struct, frozen=True):
    """git, pinned to one repository."""

    executable: str
    folder: Path
    environment: Mapping[str, str]

    def start(self, *arguments: str, stdin: bytes = b"") -> "Started":
        """Begin one plumbing command; others may be at work meanwhile."""
        settings = [part for setting in SHUT for part in ("-c", setting)]
        command = [
            self.executable,
            "--no-optional-locks",
            "--no-replace-objects",
            *settings,
            *arguments,
        ]
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=pipe if stdin else subprocess.DEVNULL,
                stdout=pipe,
                stderr=pipe,
            )
        except OSError as error:
            return Started(GitFailed("refused", str(error)))
        return Started(process, stdin)

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes | GitFailed:
        """Run one plumbing command and give what it printed."""
        started = self.start(*arguments, stdin=stdin)
        try:
            return started.answer()
        finally:
            started.stop()

    def line(self, *arguments: str) -> str | None:
        """Run a command that answers in one line; None where it gives none."""
        return in_one_line(self.run(*arguments))


@contextmanager
def side_by_side(
    git: Git, questions: Mapping[str, Sequence[str]]
) -> Iterator[Mapping[str, Started]]:
    """Have several commands at work at once; none outlives the block."""
    started: dict[str, Started] = {}
    try:
        for name, arguments in questions.items():
            started[name] = git.start(*arguments)
        yield started
    finally:
        for one in started.values():
            one.stop()


def in_one_line(answer: bytes | GitFailed) -> str | None:
    """Give an answer of one line as text; None where there is none."""
    return None if isinstance(answer, GitFailed) else answer.decode("utf-8", "replace").strip()


def find_git(folder: Path, *, search_path: str | None) -> Git | GitFailed:
    """Find git on `search_path`, never in the inspected folder itself."""
    safe = os.pathsep.join(
        part for part in (search_path or "").split(os.pathsep) if Path(part).is_absolute()
    )
    executable = shutil.which("git", path=safe or os.defpath)
    if executable is None:
        return GitFailed("absent")
    environment = {
        "PATH": safe or os.defpath,
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        # A file may be called `:(exclude)*`.
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_CEILING_DIRECTORIES": "",
    }
    return Git(executable, folder, environment)
