"""`tenken guard` as a person runs it."""

from pathlib import Path

import pytest

from tenken.cli.main import main

CASES = """
tests:
  - {text: 電話は090-1234-5678です, expect: mask, masked: "電話は[PHONE]です", risks: [pii.phone]}
  - {text: 会議は三時からです, expect: pass}
  - {text: 会議は三時からです, expect: block}
"""
PAST = """\
電話は090-1234-5678、予備は080-1234-5678です
会議は三時からです
連絡は taro@example.jp まで
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_texts_are_held_against_what_is_expected(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one that differs is told with its place, and fails."""
    (folder / "cases.yaml").write_text(CASES, "utf-8")

    assert main(["guard", "test", "cases.yaml", "--lang", "en"]) == 1

    out, err = capsys.readouterr()
    assert out == "cases.yaml:5: Expected block, was pass; seen: -\n"
    assert err.startswith("2 of 3 texts meet what is expected of them")


def test_the_policy_of_the_folder_is_used(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`guard/policy.yaml`, with what is wrong in it told."""
    (folder / "guard").mkdir()
    policy = folder / "guard" / "policy.yaml"
    policy.write_text("rules: [{risk: pii.phone, action: block}]", "utf-8")
    (folder / "cases.yaml").write_text("tests: [{text: 電話は090-1234-5678, expect: block}]")

    assert main(["guard", "test", "cases.yaml"]) == 0
    policy.write_text("rules: [{risk: pii.fone, action: block}]", "utf-8")
    assert main(["guard", "test", "cases.yaml", "--lang", "ja"]) == 2

    assert "guard/policy.yaml:1: rules[0].risk: リスク `pii.fone`" in capsys.readouterr().err


def test_a_floor_of_the_platform_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A policy that loosens it is refused."""
    (folder / "platform.yaml").write_text(
        'platform: {name: team, version: "1", owner: p}\n'
        "floors: {guards: [{id: secret, action: block}]}",
        "utf-8",
    )
    (folder / "p.yaml").write_text("version: 1", "utf-8")

    code = main(["guard", "explain", "x", "--policy", "p.yaml", "--platform", "platform.yaml"])

    assert code == 2
    assert "platform.yaml:2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "placeholder", "last"),
    [
        ("en", "[PHONE]", "What goes on: 電話は[PHONE]"),
        ("ja", "[電話番号]", "先へ進む文: 電話は[電話番号]"),
    ],
)
def test_a_text_is_explained(
    language: str, placeholder: str, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """View, risk, rule, span, score, threshold and action, in both languages."""
    assert main(["guard", "explain", "電話は０９０－１２３４－５６７８", "--lang", language]) == 0

    _, row, ending = capsys.readouterr().out.splitlines()
    assert row.split()[:2] == ["folded", "pii.phone"]
    assert "3-16" in row
    assert ending == last
    assert placeholder in ending


def test_a_stopped_text_is_told_as_its_user_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the language of the reader."""
    (folder / "p.yaml").write_text("rules: [{risk: pii.phone, action: block}]", "utf-8")

    main(["guard", "explain", "電話は090-1234-5678", "--policy", "p.yaml", "--lang", "ja"])

    assert "安全上の方針" in capsys.readouterr().out


def test_what_is_let_pass_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An allowed value, and a text nobody looks at."""
    (folder / "p.yaml").write_text(
        "rules: [{risk: pii.phone, action: mask, ignores: [system],"
        " allow: {values: [090-1234-5678]}}]",
        "utf-8",
    )
    text = "電話は090-1234-5678"
    for origin in ("user", "system"):
        main(["guard", "explain", text, "--policy", "p.yaml", "--origin", origin, "--lang", "en"])

    out = capsys.readouterr().out
    assert "Nothing: allowed" in out
    assert "Nothing: such texts are ignored" in out


def test_the_past_is_reported_without_its_values(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How often each rule would have acted, with examples that hold labels."""
    (folder / "past.txt").write_text(PAST, "utf-8")

    assert main(["guard", "shadow", "past.txt", "--lang", "en"]) == 0

    head, _, phone, *rest = capsys.readouterr().out.splitlines()
    assert head.startswith("Of 3 texts 0 would be blocked, 2 masked, 0 flagged")
    assert phone.split() == ["pii.phone", "pii.phone.jp", "inward", "-", "2", "-", "-"]
    assert "pii.phone.jp: 電話は[PHONE]、予備は[PHONE]です" in rest
    assert not any("1234" in line or "taro" in line for line in [head, phone, *rest])


def test_rows_say_where_a_text_stood(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers are screened as answers; a row that is none is told with its line."""
    rows = folder / "past.jsonl"
    rows.write_text('{"text": "電話は090-1234-5678", "direction": "outward"}\n', "utf-8")
    assert main(["guard", "shadow", "past.jsonl"]) == 0
    assert " outward " in capsys.readouterr().out

    rows.write_text('{"tekst": "x"}\n', "utf-8")
    assert main(["guard", "shadow", "past.jsonl"]) == 2
    assert capsys.readouterr().err.startswith("past.jsonl:1: ")


@pytest.mark.parametrize("arguments", [["explain", ""], ["test", "none.yaml"], ["shadow", "none"]])
def test_what_is_not_there_is_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Never a traceback."""
    assert main(["guard", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
