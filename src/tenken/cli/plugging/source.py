"""The files that a policy names, on the disk beside it: small, plain, and within its folder."""

import os
import stat
from pathlib import Path

from msgspec import Struct

from tenken import digest
from tenken.config.load import PlatformText
from tenken.config.schema import parse
from tenken.errors import Malformed
from tenken.sentence import Sentence, say

LARGEST = 256 << 10


class CodeFile(Struct, frozen=True, kw_only=True):
    """A file, and what it held when the settings were read; the file itself is not kept."""

    file: str
    digest: str
    """Empty where it could not be read."""


class Source(Struct, frozen=True, kw_only=True):
    """A file as it was read."""

    file: str
    text: str
    digest: str


def read_source(folder: Path, file: str) -> Source | Sentence:
    """Read a file below a folder, or say why not."""
    path = folder / file
    if not _stays(folder, path):
        return say("guard.code_link", file=file)
    try:
        # Nobody waits for a pipe to be written, nor reads a device.
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return say("guard.code_missing", file=file, detail=error.strerror or type(error).__name__)
    with os.fdopen(opened, "rb") as stream:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            return say("guard.code_missing", file=file, detail="no plain file")
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        return say("guard.code_large", file=file, limit=LARGEST >> 10)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return say("guard.code_no_text", file=file)
    return Source(file=file, text=text, digest=digest.of_bytes(content))


def _stays(folder: Path, path: Path) -> bool:
    """Whether every link on the way ends within the folder."""
    return path.resolve().is_relative_to(folder.resolve())


def named(policy: PlatformText | None, folder: Path) -> tuple[CodeFile, ...]:
    """Give the files that a policy names, with what they hold now; one that is none names none."""
    if policy is None:
        return ()
    try:
        entries = parse(policy.text, file=policy.file).at("code").items
    except Malformed:
        return ()
    files = dict.fromkeys(entry.at("file").text for entry in entries)
    return tuple(_known(folder, file) for file in files if file)


def _known(folder: Path, file: str) -> CodeFile:
    source = read_source(folder, file)
    return CodeFile(file=file, digest=source.digest if isinstance(source, Source) else "")
