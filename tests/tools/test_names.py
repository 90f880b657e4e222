"""The lists of Japanese names: what they were made of is written down, and nobody edits them."""

import hashlib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tools import names

OURS = """\
# A note.
[given]
陽葵
[readings]
ひまり himari

[words]
未来 一生
"""
TABLES = {
    "first_name_man_org": """\
たろう,tarou,太郎,太朗,多朗,多郎,汰朗
かずお,kazuo,一生,一夫,一男,一雄
""",
    "first_name_woman_org": """\
みく,miku,未来,美久,みく,未玖,美玖
はなこ,hanako,花子,はな子,花,華菜子
""",
    "last_name_org": "佐藤,1887000,さとう,satou\n林,500000,はやし,hayashi\n",
}
KANJI = (
    "太郎", "太朗", "多朗", "多郎", "汰朗", "一夫", "一男", "一雄", "美久", "未玖", "美玖", "花子",
    "陽葵",
)  # fmt: skip
"""Of two characters, without the words, and with the one that is ours."""


@pytest.fixture
def wheel() -> bytes:
    """Give a package of a few names."""
    content = BytesIO()
    with ZipFile(content, "w") as inside:
        for name, rows in TABLES.items():
            inside.writestr(f"{names.INSIDE}/dataset/{name}.csv", rows)
        inside.writestr(f"{names.INSIDE}-{names.VERSION}.dist-info/licenses/LICENSE", "Free.\n")
    return content.getvalue()


def test_every_list_is_the_one_that_was_made() -> None:
    """Whoever changes a list by hand is told here; `make names` is the way."""
    head = (names.DATA / "LICENSE.txt").read_text("utf-8").partition("\nMIT License\n")[0]
    recorded = {
        name: digest
        for _, digest, name in (
            line.split() for line in head.splitlines() if line.startswith("sha256 ")
        )
    }
    lists = {path.name for path in names.DATA.iterdir()} - {"LICENSE.txt", "words.txt"}

    assert head.startswith(names.HEAD)
    assert recorded.pop("wheel") == names.SHA256
    assert recorded == {name: _digest(names.DATA / name) for name in lists}


def test_what_is_ours_is_in_the_lists() -> None:
    """Who changes our part without `make names` is told here."""
    ours = names.own(names.OWN.read_text("utf-8"))
    two, three = (names.DATA / "given_names.txt").read_text("utf-8").splitlines()
    held = {
        line[at : at + w] for line, w in ((two, 2), (three, 3)) for at in range(0, len(line), w)
    }
    readings = (names.DATA / "readings.txt").read_text("utf-8").splitlines()

    assert ours.words
    assert held >= ours.given
    assert held.isdisjoint(ours.words)
    assert {" ".join(one) for one in ours.readings.items()} <= set(readings)


def test_the_lists_of_a_small_package(wheel: bytes) -> None:
    """Only kanji of two and three characters, no words; readings of many ways alone."""
    made = names.files(ZipFile(BytesIO(wheel)), names.own(OURS))
    text = {name: content.decode() for name, content in made.items()}

    assert text["surnames.txt"] == "佐藤 さとう satou\n林 はやし hayashi\n"
    assert text["given_names.txt"] == f"{''.join(sorted(KANJI))}\n華菜子\n"
    assert text["readings.txt"] == "たろう tarou\nひまり himari\nみく miku\n"
    assert text["LICENSE.txt"].endswith("\n\nFree.\n")


def test_another_wheel_is_not_read(wheel: bytes) -> None:
    """What the index gives is nothing until its hash is the recorded one."""
    with pytest.raises(ValueError, match="nothing was read"):
        names.checked(wheel)


def test_a_check_writes_nothing(
    wheel: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It tells what differs and fails; then it is written, and the next check is content."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(names, "ROOT", tmp_path)
    monkeypatch.setattr(names, "DATA", folder)
    monkeypatch.setattr(names, "SHA256", hashlib.sha256(wheel).hexdigest())
    monkeypatch.setattr(names, "_fetched", lambda: wheel)

    assert names.main(["--check"]) == 1
    assert list(folder.iterdir()) == []
    assert "differs data/readings.txt" in capsys.readouterr().out
    assert names.main([]) == 0
    assert names.main(["--check"]) == 0


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
