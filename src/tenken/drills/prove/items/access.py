"""7-3-2: every route refuses who shows no credential or a wrong one, and serves the right one."""

from collections.abc import Iterator
from uuid import uuid4

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench
from tenken.drills.prove.drill import Drill, Outcome, Question
from tenken.drills.prove.proof import (
    Proof,
    fails,
    gap,
    holds,
    no_effect,
    seen,
    share,
    unknown,
)
from tenken.drills.prove.record import Driven
from tenken.drills.prove.requests import Access, Asking, Brief
from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.sentence import say

USERS = Question(probe="strangers_were_refused_on_every_route", subs=("a",))
CALLERS = Question(probe="credentials_for_others_were_refused", subs=("b",))
NONE, MADE_UP, EXPIRED, REVOKED, OTHER = (
    "none", "made_up", "expired", "revoked", "other_audience",
)  # fmt: skip
OF_USERS = frozenset({NONE, MADE_UP, EXPIRED, REVOKED})
REFUSALS = frozenset({401, 403})
PLACEHOLDER = Pattern(r"\{[^}]*\}")
METHODS = frozenset({"get", "post", "put", "patch", "delete"})


class Attempt(Struct, frozen=True, kw_only=True):
    """A request with a credential that must not open the door."""

    kind: str
    driven: Driven

    @property
    def is_refused(self) -> bool:
        """Refused, and no model was asked before that."""
        return self.driven.answered.status in REFUSALS and not self.driven.calls


class Knocking(Struct, frozen=True, kw_only=True):
    """All that was tried on the doors."""

    right: tuple[Driven, ...]
    wrong: tuple[Attempt, ...]
    untried: tuple[str, ...] = ()
    """Routes that the application tells of and the request file does not ask."""


class _Paths(Struct):
    paths: dict[str, dict[str, object]] = {}


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    brief = bench.brief
    await bench.healthy()
    guarded = tuple(one for one in brief.requests if not one.public)
    right, wrong = [], []
    for asking in guarded:
        bench.told(say("prove.knocking", route=asking.route))
        right.append(await bench.ask(asking))
        for kind, stranger in strangers(asking, brief.access):
            wrong.append(Attempt(kind=kind, driven=await bench.ask(stranger)))
    knocking = Knocking(
        right=tuple(right), wrong=tuple(wrong), untried=await _untried(bench, brief)
    )
    return Outcome(proofs=(judge_users(knocking), judge_callers(knocking)))


def strangers(asking: Asking, access: Access) -> Iterator[tuple[str, Asking]]:
    """The same request without a credential, with one made up, and with those that are wrong."""
    header = access.header.lower()
    others = tuple(one for one in asking.headers if one[0] != header)
    shown = dict(asking.headers).get(header, "")
    yield NONE, replace(asking, headers=others)
    scheme, blank, _ = shown.partition(" ")
    made_up = f"{scheme}{blank}{uuid4().hex}" if blank else uuid4().hex
    yield MADE_UP, replace(asking, headers=(*others, (header, made_up)))
    for wrong in access.wrong:
        yield wrong.kind, replace(asking, headers=(*others, (header, wrong.value)))


def judge_users(knocking: Knocking) -> Proof:
    """Decide whether users are authenticated on every route."""
    tried = [one for one in knocking.wrong if one.kind in OF_USERS]
    return Proof(
        probe=USERS.probe,
        subs=USERS.subs,
        answer=_users(knocking, tried),
        measurements=(share("refused", sum(one.is_refused for one in tried), len(tried)),),
    )


def _users(knocking: Knocking, tried: list[Attempt]) -> Answer:
    if findings := _let_in(tried):
        return fails(*findings)
    if why := _unserved(knocking):
        return why
    told = seen("prove.strangers_refused", routes=len(knocking.right), n=len(tried))
    if knocking.untried:
        return unknown(say("prove.routes_untried", routes=", ".join(knocking.untried)), told)
    if not any(one.kind == EXPIRED for one in tried):
        return unknown(say("prove.needs_wrong", kind=EXPIRED), told)
    return holds(told)


def judge_callers(knocking: Knocking) -> Proof:
    """Decide whether a credential that was issued for somebody else opens a door."""
    tried = [one for one in knocking.wrong if one.kind == OTHER]
    return Proof(
        probe=CALLERS.probe,
        subs=CALLERS.subs,
        answer=_callers(knocking, tried),
        measurements=(share("refused", sum(one.is_refused for one in tried), len(tried)),),
    )


def _callers(knocking: Knocking, tried: list[Attempt]) -> Answer:
    everybody = [one for one in knocking.wrong if one.kind == NONE]
    if findings := (*_let_in(tried), *_let_in(everybody)):
        return fails(*findings)
    if why := _unserved(knocking):
        return why
    if not tried:
        return unknown(say("prove.needs_wrong", kind=OTHER))
    return holds(seen("prove.strangers_refused", routes=len(knocking.right), n=len(tried)))


def _let_in(tried: list[Attempt]) -> tuple[Finding, ...]:
    return tuple(
        gap(
            "prove.let_in",
            route=one.driven.asking.route,
            credential=f"wording.credential_{one.kind}",
            status=one.driven.answered.status,
        )
        for one in tried
        if not one.is_refused
    )


def _unserved(knocking: Knocking) -> Answer | None:
    """Who refuses everybody proves nothing."""
    for one in knocking.right:
        if not one.is_served:
            route, status = one.asking.route, one.answered.status
            return no_effect(say("prove.right_refused", route=route, status=status))
    return None


async def _untried(bench: Bench, brief: Brief) -> tuple[str, ...]:
    if not brief.access.routes_at:
        return ()
    asking = replace(brief.requests[0], method="GET", path=brief.access.routes_at, body="")
    told = (await bench.ask(asking)).answered
    if told.status != 200:
        return ()
    return untried(told.text, brief.requests)


def untried(document: str, requests: tuple[Asking, ...]) -> tuple[str, ...]:
    """The routes of an OpenAPI document that no request asks."""
    try:
        paths = msgspec.json.decode(document, type=_Paths).paths
    except msgspec.DecodeError:
        return ()
    routes = [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if method in METHODS
    ]
    return tuple(
        f"{method} {path}"
        for method, path in routes
        if not any(one.method == method and _is(one.path, path) for one in requests)
    )


def _is(path: str, template: str) -> bool:
    asked, parts = path.partition("?")[0].split("/"), template.split("/")
    return len(asked) == len(parts) and all(
        PLACEHOLDER.search(part) or part == it for it, part in zip(asked, parts, strict=True)
    )


DRILL = Drill(
    item="7-3-2", hypothesis="prove.hypothesis_7_3_2", questions=(USERS, CALLERS), run=run
)
