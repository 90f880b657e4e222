"""`tenken guard review`: what the guard did, judged by people; and what follows from it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec import Struct

from tenken.cli.guarding.table import lines
from tenken.cli.rim import Rim
from tenken.errors import UsageError
from tenken.sentence import say
from tenken.store.reviews import Item, Judgement, Reviews, Sought

MOST = 200
MOST_READ = 100_000
WHY_MAX = 400
COLUMNS = ("match", "at", "risk", "rule", "action", "score", "mark", "caller")
Verdict = Literal["true", "false"]


class Said(Struct, frozen=True, kw_only=True):
    """What a person says, and of what."""

    match: str
    """`ID:NUMBER`, as the list shows it."""
    verdict: Verdict | None
    why: str
    by: str
    at: int
    text: str = ""
    """The text itself, where the person knows it: for a row of tests, and kept nowhere."""


def tell_queue(rim: Rim, reviews: Reviews, sought: Sought) -> None:
    """List what waits for somebody's word."""
    items = reviews.items(sought, most=MOST)
    head = [rim.speech.text(f"guard.column_{column}") for column in COLUMNS]
    if items:
        for line in lines(head, [_row(one) for one in items]):
            rim.write(line)
    rim.say(say("guard.waiting", count=len(items)))


def take_word(rim: Rim, reviews: Reviews, said: Said) -> None:
    """Put a judgement on record; a row for `tenken guard test` where the text is given."""
    id_, _, number = said.match.rpartition(":")
    found = reviews.find(id_, int(number)) if id_ and number.isdecimal() else ()
    if not found:
        raise UsageError("guard.no_match", match=said.match[:80] or "-")
    if said.verdict is None or not said.why.strip():
        raise UsageError("guard.no_word")
    is_true = said.verdict == "true"
    why = " ".join(said.why.split())[:WHY_MAX]
    reviews.judge(found, Judgement(is_true=is_true, judged_by=said.by, judged_at=said.at, why=why))
    rim.say(say("guard.judged", match=said.match))
    if said.text:
        rim.write(_test_row(found[0], said.text, is_true=is_true))


def tell_proposals(rim: Rim, reviews: Reviews, sought: Sought) -> None:
    """Give lines for `policy.yaml`: of rules whose matches were false alarms."""
    items = reviews.items(Sought(risk=sought.risk, rule=sought.rule, judged=True), most=MOST_READ)
    for line in proposals(items):
        rim.write(line)
    rim.say(say("guard.proposed", count=len(items)))


def proposals(items: tuple[Item, ...]) -> Iterator[str]:
    """Give the lines: a value that is always a false alarm, a rule that mostly is one.

    Values are on record as marks alone, so whoever takes a line over writes the value itself.
    """
    false = [one for one in items if one.judgement and not one.judgement.is_true]
    rules = Counter(one.rule for one in items)
    marks = Counter((one.risk, one.mark) for one in items if one.mark)
    wrong_rules = Counter((one.risk, one.rule) for one in false)
    wrong_marks = Counter((one.risk, one.mark) for one in false if one.mark)
    for (risk, rule), count in sorted(wrong_rules.items()):
        if count == rules[rule]:
            yield f"# {count}/{rules[rule]} false: {rule}"
            yield f'- {{risk: {risk}, allow: {{rules: ["{rule}"]}}}}  # + action'
    for (risk, mark), count in sorted(wrong_marks.items()):
        if count == marks[risk, mark]:
            yield f"# {count}/{marks[risk, mark]} false: mark {mark}"
            yield f'- {{risk: {risk}, allow: {{values: ["..."]}}}}  # + action'


def _test_row(one: Item, text: str, *, is_true: bool) -> str:
    quoted = msgspec.json.encode(text).decode()
    expect = one.action if is_true else "pass"
    return f"  - {{text: {quoted}, direction: {one.stage}, expect: {expect}}}"


def _row(one: Item) -> tuple[str, ...]:
    moment = datetime.fromtimestamp(one.at / 1_000_000, UTC)
    return (
        f"{one.id}:{one.number}",
        moment.isoformat(timespec="seconds"),
        one.risk,
        one.rule,
        one.action,
        f"{one.score:.2f}",
        one.mark or "-",
        one.caller or "-",
    )
