"""Reads the file of a topic: at every start, so what is written plainly is read without YAML.

Nearly all of a topic is lines `name: "text"`, whose right side is also JSON. A file in which a
line is anything else is read as the YAML that it is.
"""

from collections.abc import Iterator, Mapping

import msgspec

WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null"})
"""What YAML takes for something else than a text."""


def read(text: str) -> Mapping[str, str]:
    """Give the texts of a topic by their names."""
    try:
        return dict(_lines(text))
    except (_NotPlain, msgspec.DecodeError):
        return _as_yaml(text)


class _NotPlain(Exception):
    """A line is neither `name: "text"` nor `name: some words`."""


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if not _is_printable(line):
            raise _NotPlain
        if not line or line.startswith("#"):
            continue
        name, _, value = line.partition(": ")
        if not (name.isascii() and name.isidentifier()) or name.lower() in WORDS:
            raise _NotPlain
        yield name, _DECODER.decode(value) if value.startswith('"') else _plain(value)


_DECODER = msgspec.json.Decoder(str)


def _is_printable(line: str) -> bool:
    """No sign that YAML refuses, or ends a line at; the wide blank of Japanese is neither."""
    return line.replace("\u3000", " ").isprintable()


def _plain(value: str) -> str:
    """A text without quotes; what could mean something else is left to YAML."""
    means_more = ": " in value or " #" in value or value.endswith((" ", ":"))
    if means_more or not value[:1].isalpha() or value.lower() in WORDS:
        raise _NotPlain
    return value


def _as_yaml(text: str) -> Mapping[str, str]:
    import yaml  # noqa: PLC0415 - a fiftieth of the time of an inspection, and hardly ever needed

    loaded = yaml.load(text, Loader=yaml.CSafeLoader)  # noqa: TID251 - our own data, held by tests; ten times faster
    return loaded if isinstance(loaded, dict) else {}
