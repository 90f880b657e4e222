"""What several formats say in one line is true of the report."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tenken.evidence import Grade
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.inspection import Difference
from tenken.readiness.report.standing import (
    badge_text,
    expiring,
    git_state,
    reasons,
    since_then,
    why,
)
from tenken.readiness.report.wording import Wording, first_sentence
from tenken.readiness.verdict import Outcome
from tests.readiness.report.build import COMMIT, NOW, catalogue, report, verdict
from tests.readiness.report.planted import EN, JA

MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (RepositoryFacts(is_git=False), "not under git"),
        (RepositoryFacts(is_git=True), "not under git"),
        (RepositoryFacts(is_git=True, commit=COMMIT), "commit 1a2b3c4"),
        (RepositoryFacts(is_git=True, commit=COMMIT, branch="m"), "commit 1a2b3c4 on m"),
        (
            RepositoryFacts(is_git=True, commit=COMMIT, dirty=True),
            "commit 1a2b3c4 (with changes that are not committed)",
        ),
    ],
)
def test_which_commit_was_inspected(facts: RepositoryFacts, expected: str) -> None:
    """A reader knows what the report is about, and whether that is all."""
    assert git_state(report(repository=facts), EN) == expected


def test_the_badge_in_both_languages() -> None:
    """The same figures."""
    assert badge_text(report(), EN) == ("level 0 · tier B · 2/12 proved · 1 configured · 1 waived")
    assert badge_text(report(), JA) == ("レベル 0 · 区分 B · 実証済み 2/12 · 設定済み 1 · 免除 1")


def test_what_runs_out_comes_in_order() -> None:
    """What has run out stands first, what lasts longer than a month is left out."""
    moments = [NOW + timedelta(days=days) for days in (20, -1, 90)]
    items = tuple(catalogue().items)
    judged = tuple(
        verdict(item, Outcome.VERIFIED, expires_at=at)
        for item, at in zip(items[:3], moments, strict=True)
    )
    rest = tuple(verdict(item, Outcome.UNKNOWN) for item in items[3:])
    soon = expiring(report(verdicts=(*judged, *rest)), within=MONTH)

    assert [(one.item.id, one.over) for one in soon] == [("0-1-2", True), ("0-1-1", False)]


def test_a_quiet_fortnight_is_one_line() -> None:
    """Nothing changed is worth saying, too."""
    since = Difference(since=datetime(2026, 11, 1, tzinfo=UTC), commit=None)

    assert since_then(since, EN) == "Since 2026-11-01: nothing changed"
    assert since_then(since, JA) == "2026-11-01 から変化なし"


@pytest.mark.parametrize(
    ("item", "said", "place"),
    [
        ("0-1-1", "All that is missing is the signature of: product owner", ""),
        ("0-1-2", "No target was found; it may live in a console.", ""),
        ("1-1-1", "`ruff` runs on every pull request", ".github/workflows/ci.yml:21"),
        ("1-2-1", "`pytest` runs with `|| true`", ".github/workflows/ci.yml:34"),
        ("1-3-2", "Mend canary.", ""),
        ("5-3-1", "Waived by Hana Sato until 2026-12-01", ""),
    ],
)
def test_why_an_item_stands_as_it_does(item: str, said: str, place: str) -> None:
    """One sentence: signature, waiver, finding, reason, remark, else the remedy."""
    made = report()
    told = why(made, made.verdict(item), Wording(EN))

    assert told.said.startswith(said)
    assert told.place == place


def test_a_missing_signature_is_said_once() -> None:
    """The reason that names the role by its code gives way to the role's name."""
    waiting = report().verdict("0-1-1")

    assert reasons(waiting) == ()
    assert len(reasons(replace(waiting, awaits=None))) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mend it. Then run it.", "Mend it."),
        ("直す。次に実行。", "直す。"),
        ("See v1.2 first", "See v1.2 first"),
        ("", ""),
    ],
)
def test_the_first_sentence(text: str, expected: str) -> None:
    """A figure with a point ends no sentence."""
    assert first_sentence(text) == expected


def test_names_of_a_teams_own() -> None:
    """A role or stack that we do not know is shown as it was written."""
    names = Wording(EN)

    assert names.role("chief_of_trains") == "chief of trains"
    assert names.stack("on-prem") == "on-prem"
    assert names.grade(Grade.EXERCISED) == "exercised"
