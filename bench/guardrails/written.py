"""Texts from templates: every slot is filled by a choice that depends on the seed alone."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

TEXTS = Path(__file__).with_name("texts")
SLOT = re.compile(r"\{(\w+)\}")
Slots = Mapping[str, Sequence[str]]


def sections(name: str) -> dict[str, list[str]]:
    """Give the lists of a file of templates, slots left out."""
    return {key: value for key, value in _file(name).items() if isinstance(value, list)}


def texts(name: str, section: str, *, seed: int, each: int) -> list[str]:
    """Give up to so many different texts of each template of a section."""
    file = _file(name)
    slots = _slots(file)
    made = (text for template in file[section] for text in _filled(template, slots, seed, each))
    return list(dict.fromkeys(made))


def filled(template: str, name: str, *, seed: int, each: int) -> list[str]:
    """Give up to so many different texts of one template of a file."""
    return list(dict.fromkeys(_filled(template, _slots(_file(name)), seed, each)))


def lines(name: str) -> list[str]:
    """Give the lines of a file of plain texts."""
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def writers() -> list[str]:
    """Give the names of those whose texts stand in `singly`."""
    return sorted({path.name.split(".")[0] for path in (TEXTS / "singly").glob("*.txt")})


def _slots(file: Mapping[str, dict[str, list[str]] | list[str]]) -> Slots:
    given = (file.get("slots", {}), file.get("english_slots", {}))
    return {
        name: words for slots in given if isinstance(slots, dict) for name, words in slots.items()
    }


@cache
def _file(name: str) -> dict[str, dict[str, list[str]] | list[str]]:
    with (TEXTS / f"{name}.yaml").open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=yaml.CSafeLoader)


def _filled(template: str, slots: Slots, seed: int, each: int) -> Iterator[str]:
    if not slots or not SLOT.search(template):
        yield template  # a file without slots may hold braces of its own
        return
    for turn in range(each):
        yield _chosen(template, slots, f"{seed}:{turn}")


def _chosen(template: str, slots: Slots, draw: str) -> str:
    """Fill every slot; a slot's words may have slots themselves."""

    def word(match: re.Match[str]) -> str:
        choice = zlib.crc32(f"{draw}:{template}:{match.start()}".encode())
        words = slots[match[1]]
        return _chosen(words[choice % len(words)], slots, f"{draw}:{match.start()}")

    return SLOT.sub(word, template)
