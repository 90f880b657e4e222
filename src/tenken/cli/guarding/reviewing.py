"""`tenken guard review`: what the guard did, judged by people; and what follows from it."""

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from tenken.cli.guarding.table import lines
from tenken.cli.rim import Rim
from tenken.errors import UsageError
from tenken.keeper.reviewing import proposals, row_of_test
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
        rim.write(row_of_test(found[0], said.text, is_true=is_true))


def tell_proposals(rim: Rim, reviews: Reviews, sought: Sought) -> None:
    """Give lines for `policy.yaml`: of rules whose matches were false alarms."""
    items = reviews.items(Sought(risk=sought.risk, rule=sought.rule, judged=True), most=MOST_READ)
    for line in proposals(items):
        rim.write(line)
    rim.say(say("guard.proposed", count=len(items)))


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
