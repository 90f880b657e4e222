"""What is of a wrong form hides nothing else that is wrong."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenken.config.schema import parse
from tests.config.declaring import APPLICATION, PLATFORM, load, problems

BAD: tuple[Any, ...] = (-1, "no such", [], {}, None, 10**9, True, {"x": 1})


def spots(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [one for key, below in value.items() for one in spots(below, (*path, key))]
    if isinstance(value, list):
        return found + [one for at, below in enumerate(value) for one in spots(below, (*path, at))]
    return found


WHOLE = (
    APPLICATION
    + """\
callers: [{id: app, routes: [answer], limits: {rpm: 5, budget_usd_per_day: 1}}]
gateway:
  port: 1
  journal: {durability: volume}
  texts: {store: [request], key: {kind: env, name: KEY}}
slos: [{name: a, sli: availability, target_percent: 99, window_days: 7}]
"""
)
PLACES = spots(parse(WHOLE, file="tenken.yaml").plain)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(BAD)), min_size=1, max_size=4))
def test_whatever_is_wrong_is_told_and_is_no_fault_of_ours(
    changes: list[tuple[tuple[str | int, ...], Any]],
) -> None:
    """Each file is read, or refused with problems that each have a line and a key."""
    document: Any = parse(WHOLE, file="tenken.yaml").plain
    for path, value in changes:
        place: Any = document
        try:
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = deepcopy(value)
        except (LookupError, TypeError):
            continue
    text = json.dumps(document)
    try:
        load(text, PLATFORM)
    except Exception:  # noqa: BLE001 - read again, for its problems
        assert problems(text, PLATFORM)


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        pytest.param(
            ("use_case: answer, ", "use_case: anser, "),
            ["application.teir", "routes[0].use_case"],
            id="a name that leads nowhere",
        ),
        pytest.param(
            ("model: gpt-4o-2024-08-06", "modl: gpt-4o-2024-08-06"),
            ["application.teir", "models[0].model", "models[0].modl"],
            id="what nobody can go on without ends it there",
        ),
        pytest.param(
            ("region: japan", "limits: {rpm: 0, share: 2}"),
            ["application.teir", "models[0].limits.rpm", "models[0].limits.share"],
            id="two in one part",
        ),
    ],
)
def test_form_and_meaning_are_told_together(change: tuple[str, str], keys: list[str]) -> None:
    """In one run."""
    text = APPLICATION.replace("owner: desk team}", "owner: desk team, teir: A}").replace(*change)

    assert sorted(line.split(" ")[1].rstrip(":") for line in problems(text)) == keys
