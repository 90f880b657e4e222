"""The keys of stored texts, from where the settings point."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File

from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.serving import KeyReference, TextSettings
from tenken.errors import Malformed, Problem
from tenken.journal.sealing import Ring, TextKey, key_of
from tenken.sentence import Sentence, say

LARGEST = 4096
WHERE: Path = ("gateway", "texts")
Environment = Mapping[str, str]


def sealing_key(manifest: Manifest, environment: Environment) -> TextKey | None:
    """Give the key that texts are sealed with, None where none is named; raises Malformed.

    The keys of before are looked at, too: a service that begins can read all that it kept.
    """
    texts = manifest.application.gateway.texts
    problems: list[Problem] = []
    found: list[TextKey] = []
    for path, reference in _named(texts):
        key = _read(reference, environment)
        if isinstance(key, Sentence):
            problems.append(manifest.problem(path, key))
        else:
            found.append(key)
    if problems:
        raise Malformed(tuple(problems))
    return found[0] if texts.key is not None else None


def ring_of(texts: TextSettings, environment: Environment) -> Ring:
    """Give the keys that are there, for reading; what is missing is told where it is needed."""
    read = [_read(reference, environment) for _, reference in _named(texts)]
    lacking = next((one for one in read if isinstance(one, Sentence)), None)
    if not read:
        lacking = say("texts.no_ring")
    return Ring([one for one in read if isinstance(one, TextKey)], lacking=lacking)


def _named(texts: TextSettings) -> Iterator[tuple[Path, KeyReference]]:
    if texts.key is not None:
        yield (*WHERE, "key"), texts.key
    for at, one in enumerate(texts.old_keys):
        yield (*WHERE, "old_keys", at), one


def _read(reference: KeyReference, environment: Environment) -> TextKey | Sentence:
    if reference.kind == "env":
        written = environment.get(reference.name, "")
        if not written.strip():
            return say("texts.key_absent", name=reference.name)
    else:
        try:
            with File(reference.name).open("r", encoding="utf-8", errors="replace") as file:
                written = file.read(LARGEST)
        except OSError as error:
            return say("texts.key_file", path=reference.name, why=error.strerror or "?")
    return key_of(written) or say("texts.key_broken", name=reference.name)
