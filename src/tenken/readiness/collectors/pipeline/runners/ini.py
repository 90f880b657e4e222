"""INI files with lines: enough of the format for tox.ini and setup.cfg."""

from msgspec import Struct


class Value(Struct, frozen=True):
    """A value, its continuation lines joined by line breaks."""

    text: str
    line: int
    """Where the key stands."""


Sections = dict[str, dict[str, Value]]


def read_ini(text: str) -> Sections:
    """Give sections, keys and values; lines that fit nowhere are left out."""
    sections: Sections = {}
    section: dict[str, Value] = {}
    key = ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith(("#", ";")):
            bare = ""
        if line[:1].isspace() and key:
            held = section[key]
            section[key] = Value(f"{held.text}\n{bare}", held.line)
        elif bare.startswith("[") and bare.endswith("]"):
            section, key = sections.setdefault(bare[1:-1].strip(), {}), ""
        elif "=" in bare:
            name, _, value = bare.partition("=")
            key = name.strip().lower()
            section[key] = Value(value.strip(), number)
    return sections
