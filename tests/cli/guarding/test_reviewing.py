"""`tenken guard review` as a person runs it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.cli.main import main
from tenken.journal.exchange import Match
from tenken.journal.reader import Position
from tenken.journal.writer import Writer
from tenken.store.engine import opened
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tests.journal.making import AT, exchange

MATCHES = (
    Match(rule="phone.desk", risk="pii.phone", action="mask", stage="inward", mark="aa11"),
    Match(rule="order.rule", risk="injection.direct", action="block", stage="inward", score=0.8),
)
MANIFEST = """
version: 1
application: {name: desk, owner: team, description: A desk}
gateway: {store: {path: ledger.db}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tenken.yaml").write_text(MANIFEST, "utf-8")
    engine = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(engine)
    one = replace(exchange(), matches=MATCHES)
    position = Position(segment=1, offset=100, sequence=1, previous=b"x" * 16)
    batch = Batch(journal="w", boot="b", after=Position(), position=position, exchanges=(one,))
    Ledger(engine).apply(batch)
    engine.dispose()
    return tmp_path


def test_a_person_s_word_leads_to_lines_for_the_policy(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Listed, judged, gone from the list; a row of tests, and a proposal."""
    assert folder.is_dir()
    assert main(["guard", "review", "list", "--lang", "en"]) == 0
    listed = capsys.readouterr()
    assert "req-000001:1" in listed.out
    assert "aa11" in listed.out
    assert listed.err.startswith("2 matches wait")

    word = ["--match", "req-000001:1", "--verdict", "false", "--reason", "our own desk"]
    text = ["--text", '電話は "03" です', "--actor", "mori"]
    assert main(["guard", "review", "judge", *word, *text]) == 0
    row = capsys.readouterr().out
    assert row == '  - {text: "電話は \\"03\\" です", direction: inward, expect: pass}\n'

    assert main(["guard", "review", "list"]) == 0
    assert "req-000001:1" not in capsys.readouterr().out
    assert main(["guard", "review", "propose"]) == 0
    proposed = capsys.readouterr().out
    assert '- {risk: pii.phone, allow: {rules: ["phone.desk"]}}' in proposed
    assert "# 1/1 false: mark aa11" in proposed
    assert "injection" not in proposed


def test_what_is_in_no_store_yet_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A gateway on its own writes a journal; an empty list would look as if nothing was seen."""
    journal = Writer(folder / ".tenken" / "journal" / "0", worker=0, boot="boot", at=AT)
    journal.settle(replace(exchange(2), matches=MATCHES))
    journal.close()

    assert main(["guard", "review", "list", "--risk", "secret", "--lang", "en"]) == 0
    assert "frames of the journal are not in the store yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["judge", "--match", "nobody:1", "--verdict", "true", "--reason", "x"], "No match"),
        (["judge", "--match", "req-000001:1", "--verdict", "true"], "and why"),
        (["judge", "--match", "req-000001:1", "--reason", "x"], "--verdict"),
        (["burn"], "list, judge or propose"),
    ],
)
def test_what_a_review_cannot_do_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    """Nothing is put on record without a match, a word and a reason."""
    assert folder.is_dir()
    assert main(["guard", "review", *arguments, "--lang", "en"]) == 2
    assert told in capsys.readouterr().err
