"""A rehearsal walks every path that a text allows, and claims nothing that it cannot tell."""

import ast

import pytest

from tenken.readiness.collectors.rehearsal.acting import How, Rehearsal, TooManyPaths, outcomes
from tenken.readiness.collectors.rehearsal.folding import Folding, Given
from tenken.readiness.collectors.rehearsal.values import OPEN

FOUND = {"valid": {"first": True, "found": False}, "scores": {"first": 0.0, "found": 1.0}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("not all(valid.values())", True),
        ("not any(valid.values())", False),
        ("any(not one for one in valid.values())", True),
        ("[name for name, fine in valid.items() if not fine]", ("found",)),
        ("False in valid.values()", True),
        ("valid is None", False),
        ("len(valid) == 0", False),
        ("max(scores.values()) > 1", False),
        ("max(scores.values()) > limit", OPEN),
        ("valid['found'] or strict", OPEN),
        ("strict and valid['found']", False),
        ("answer == answer", True),
        ("unknown(valid) or True", True),
        ("-1 if valid else 2", -1),
        ("sum(True for row in rows) / len(rows)", True),
        ("sum(same(row) for row in rows) / len(rows) < 0", False),
        ("text[:0]", ()),
        ("{'a': 1}.get('a')", 1),
        ("(1, 2) == {1, 2}", OPEN),
        ("float('0.5') < 1", True),
        ("'x' < 1", OPEN),
    ],
)
def test_an_expression_comes_to_what_its_text_tells(text: str, value: object) -> None:
    """Constants are followed; what hangs on something unseen stays open."""
    assert Folding({**FOUND}).of(ast.parse(text, mode="eval").body) == value


def test_a_list_that_is_filled_is_no_longer_empty() -> None:
    """What a method or another function may have put in is not known."""
    for filled in ("failed.append(1)", "fill(failed)", "failed[0] = 1"):
        paths = Rehearsal().paths(
            ast.parse(f"failed = []\n{filled}\nif failed:\n    raise E").body, {}
        )
        assert {path.how for path in paths} == {How.FALLS, How.RAISES}


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("return 1", {"returns"}),
        ("if a:\n    return 1\nraise E", {"returns", "raises"}),
        ("if False:\n    raise E\nreturn 1", {"returns"}),
        ("try:\n    raise E\nexcept E:\n    pass\nreturn 1", {"returns"}),
        ("try:\n    raise E\nexcept Exception:\n    raise", {"raises"}),
        ("try:\n    raise E\nexcept Other:\n    return 1", {"returns", "raises"}),
        ("try:\n    raise E\nfinally:\n    return 1", {"returns"}),
        ("with suppress(E):\n    raise E", {"falls"}),
        ("for x in []:\n    raise E", {"falls"}),
        ("for x in (1, 2):\n    if x == 2:\n        raise E", {"raises"}),
        ("for x in rows:\n    raise E", {"falls", "raises"}),
        ("while True:\n    return 1", {"returns"}),
        ("while False:\n    return 1", {"falls"}),
        ("while a:\n    break\nreturn 1", {"returns"}),
        ("assert 1 == 2", {"raises"}),
        ("assert a", {"falls", "raises"}),
        ("match a:\n    case 1:\n        raise E", {"falls", "raises"}),
        ("n = 0\nn += 1\nif n:\n    raise E", {"falls", "raises"}),
    ],
)
def test_every_path_is_walked(text: str, ends: set[str]) -> None:
    """Branches that nothing decides part the path; settled ones do not."""
    assert {path.how.value for path in Rehearsal().paths(ast.parse(text).body, {})} == ends


def test_a_call_that_may_do_two_things_parts_the_path() -> None:
    """Each way is walked with its own answer."""
    ways = (Given(True), Given(raises="Refused"))
    body = ast.parse("fine = check()\nif not fine:\n    raise Never\nreturn fine").body
    found = outcomes(Rehearsal(lambda _call, _path: ways).paths(body, {}))
    assert [(one.value, one.raises) for one in found] == [(True, ""), (None, "Refused")]


def test_a_body_of_countless_paths_is_given_up() -> None:
    """Nothing is claimed about it."""
    with pytest.raises(TooManyPaths):
        Rehearsal().paths(ast.parse("if a:\n    b = 1\n" * 12).body, {})
