"""The spans of an exchange: the request, what guards did, and each call to a model.

Built from the record and nothing else, so that the same record gives the same spans, ids included:
a backend that is given them twice has them once. Texts are in a span only where they are given
beside the record: they are stored, and the settings let this backend have them.
"""

from collections.abc import Iterator
from enum import Enum, auto
from hashlib import blake2b
from itertools import groupby

from msgspec import Struct

from tenken.journal.exchange import Attempt, Exchange, Identity, Judging, Match, Outcome
from tenken.journal.texts import Texts
from tenken.keeper.sinks.traces.messages import answered as said_back
from tenken.keeper.sinks.traces.messages import asked, instructions
from tenken.keeper.sinks.traces.naming import PROVIDERS, Convention, Value, written
from tenken.wire.api import Api
from tenken.wire.usage import Usage

PATHS = {
    Api.CHAT: "/v1/chat/completions",
    Api.RESPONSES: "/v1/responses",
    Api.EMBEDDINGS: "/v1/embeddings",
    Api.MESSAGES: "/v1/messages",
}
FAULTS = frozenset({Outcome.FAILED, Outcome.INTERRUPTED, Outcome.UNKNOWN})
"""Ends that are an error of the service: a refusal is the caller's, a block is meant."""
STRENGTH = ("shadow", "flag", "mask", "block")
"""Of what guards do."""
MICRO = 1_000_000
NO_TEXTS = Texts()


class Kind(Enum):
    """What part a span has in a call."""

    INTERNAL = auto()
    SERVER = auto()
    CLIENT = auto()


class Event(Struct, frozen=True, kw_only=True):
    """Something at a moment of a span."""

    name: str
    at: int
    attributes: dict[str, Value]


class Span(Struct, frozen=True, kw_only=True):
    """A span; times in microseconds since 1970."""

    trace: str
    id: str
    parent: str
    name: str
    kind: Kind
    began: int
    ended: int
    attributes: dict[str, Value]
    failed: bool = False
    events: tuple[Event, ...] = ()


def spans_of(
    one: Exchange, convention: Convention = "1.41", texts: Texts = NO_TEXTS
) -> tuple[Span, ...]:
    """Give the spans of an exchange, the request's first."""
    trace = one.trace if len(one.trace) == 32 else _digest(one, "trace", 16)
    root = one.span if len(one.span) == 16 else _digest(one, "span", 8)
    made = _Making(one, texts, trace=trace, root=root, convention=convention)
    return (made.request(), *made.screenings(), *made.calls())


class _Making:
    """Makes the spans of one exchange."""

    def __init__(
        self, one: Exchange, texts: Texts, *, trace: str, root: str, convention: Convention
    ) -> None:
        self._one = one
        self._texts = texts
        self._trace = trace
        self._root = root
        self._convention = convention

    def request(self) -> Span:
        one, said = self._one, self._one.identity
        ended = one.timings.last or max((a.ended for a in one.attempts), default=0)
        return self._span(
            f"POST {PATHS[one.api]}",
            Kind.SERVER,
            id=self._root,
            parent=one.parent,
            began=0,
            ended=ended,
            failed=one.outcome in FAULTS or one.status >= 500,
            said={
                "method": "POST",
                "http_route": PATHS[one.api],
                "status": one.status or None,
                "error": _error(one),
                "request": one.id,
                "caller": said.caller,
                "use_case": said.use_case,
                "route": said.route,
                "session": said.session if said.session_known == "stated" else None,
                "settings": said.settings,
                "drill": said.drill,
                "outcome": one.outcome.value,
                "code": one.code,
                "cost": float(one.cost * MICRO),
                "cached": one.cached or None,
                "client_retry": one.client_retry or None,
                "queued": one.timings.queued / MICRO if one.timings.queued else None,
                "guard_delay": one.timings.guarded / MICRO if one.timings.guarded else None,
                "limits": one.limits,
                "attempts": len(one.attempts),
                **_unit(said),
                # Tokens stand on the calls: backends add up what spans say.
            },
        )

    def screenings(self) -> Iterator[Span]:
        """Give a span for each side on which guards found something, or asked a judge.

        A record holds what guards found and by how much they put off an answer, not when they
        looked: such a span tells between which moments that was.
        """
        for stage in ("inward", "outward"):
            matches = tuple(one for one in self._one.matches if one.stage == stage)
            judgings = tuple(one for one in self._one.judgings if one.stage == stage)
            if matches or judgings:
                yield from self._screening(stage, matches, judgings)

    def calls(self) -> Iterator[Span]:
        answered = next((n for n, a in _numbered(self._one, backwards=True) if not a.failure), 0)
        for number, attempt in _numbered(self._one):
            yield self._call(number, attempt, answered=number == answered)

    def _screening(
        self, stage: str, matches: tuple[Match, ...], judgings: tuple[Judging, ...]
    ) -> Iterator[Span]:
        began, ended = _bounds(self._one, stage)
        id_ = _digest(self._one, f"screening {stage}", 8)
        yield self._span(
            f"guard {stage}",
            Kind.INTERNAL,
            id=id_,
            parent=self._root,
            began=began,
            ended=ended,
            said={
                "guard_stage": stage,
                "guard_action": _strongest(matches),
                "guard_rules": _each(one.rule for one in matches),
                "guard_risks": _each(one.risk for one in matches),
                "times": "bounds",
            },
            events=tuple(self._found(one, self._one.at + began) for one in matches),
        )
        for number, one in enumerate(judgings, 1):
            yield self._judged(one, number, within=id_, began=began)

    def _found(self, one: Match, at: int) -> Event:
        said: dict[str, Value | None] = {
            "guard_rule": one.rule,
            "guard_risk": one.risk,
            "guard_action": one.action,
            "guard_severity": one.severity,
            "guard_score": one.score,
            "guard_origin": one.origin,
        }
        attributes = written(said, self._convention)
        return Event(name="tenken.guard.match", at=at, attributes=attributes)

    def _judged(self, one: Judging, number: int, *, within: str, began: int) -> Span:
        return self._span(
            f"chat {one.model}".rstrip(),
            Kind.CLIENT,
            id=_digest(self._one, f"judging {one.stage} {number}", 8),
            parent=within,
            began=began,
            ended=began + one.took,
            failed=bool(one.failure),
            said={
                "operation": "chat",
                "provider": PROVIDERS.get(one.provider, one.provider),
                "model": one.model,
                "target": one.target,
                "judge": one.judge,
                "error": one.failure,
                "cost": float(one.cost * MICRO),
                **_tokens(one.usage),
            },
        )

    def _call(self, number: int, attempt: Attempt, *, answered: bool) -> Span:
        one = self._one
        operation = "embeddings" if one.api is Api.EMBEDDINGS else "chat"
        ttft = (attempt.first_token - attempt.began) / MICRO if attempt.first_token else None
        return self._span(
            f"{operation} {attempt.model}".rstrip(),
            Kind.CLIENT,
            id=_digest(one, f"attempt {number}", 8),
            parent=self._root,
            began=attempt.began,
            ended=attempt.ended,
            failed=attempt.failure is not None,
            said={
                "operation": operation,
                "provider": PROVIDERS.get(attempt.provider, attempt.provider),
                "model": attempt.model,
                "stream": one.stream or None,
                "response_id": attempt.upstream_id,
                "finish_reasons": (one.finish,) if answered and one.finish else None,
                "ttft": ttft if one.stream else None,
                "status": attempt.status or None,
                "error": attempt.failure.value if attempt.failure else None,
                "session": one.identity.session if one.identity.session_known == "stated" else "",
                "target": attempt.target,
                "region": attempt.region,
                "credential": attempt.credential,
                "attempt": number,
                "hedge": attempt.hedge or None,
                "reason": attempt.reason,
                **_unit(one.identity),
                **(self._said() if answered else {}),
                "cost": float(attempt.cost * MICRO),
                "usage_source": attempt.usage.source,
                **_tokens(attempt.usage),
            },
        )

    def _said(self) -> dict[str, Value | None]:
        """Give what was said, on the call that answered."""
        texts = self._texts
        if texts is NO_TEXTS:
            return {}
        return {
            "instructions": instructions(texts),
            "input_messages": asked(texts),
            "output_messages": said_back(texts, self._one.finish),
        }

    def _span(
        self,
        name: str,
        kind: Kind,
        *,
        id: str,  # noqa: A002 - what it is called on the wire
        parent: str,
        began: int,
        ended: int,
        said: dict[str, Value | None],
        failed: bool = False,
        events: tuple[Event, ...] = (),
    ) -> Span:
        """Times count from the request's arrival; none ends before it begins."""
        at = self._one.at
        return Span(
            trace=self._trace,
            id=id,
            parent=parent if len(parent) == 16 else "",
            name=name,
            kind=kind,
            began=at + began,
            ended=at + max(began, ended),
            attributes=written(said, self._convention),
            failed=failed,
            events=events,
        )


def _unit(said: Identity) -> dict[str, Value | None]:
    """Give what results are told apart by: prompt and release."""
    prompt, at, version = said.prompt.partition("@")
    return {
        "prompt_name": prompt if at else None,
        "prompt_version": version,
        "release": said.release,
    }


def _error(one: Exchange) -> str:
    """Give what kind of error it was, as `error.type` tells them apart."""
    if one.outcome is Outcome.ANSWERED:
        return ""
    if one.code or one.outcome in FAULTS | {Outcome.CANCELLED}:
        return one.code or one.outcome.value
    return str(one.status) if one.status >= 400 else ""


def _tokens(usage: Usage) -> dict[str, Value | None]:
    if usage.source == "none":
        return {}
    return {
        "input_tokens": usage.read,
        "output_tokens": usage.written,
        "cache_read_tokens": usage.cache_read or None,
        "cache_write_tokens": usage.cache_write + usage.cache_write_hour or None,
        "reasoning_tokens": usage.reasoning or None,
    }


def _bounds(one: Exchange, stage: str) -> tuple[int, int]:
    """Give between which moments a side was looked at."""
    last = one.timings.last
    if stage == "inward":
        return one.timings.queued, min((a.began for a in one.attempts), default=last)
    heard = [a.first_token or a.first_byte for a in one.attempts if a.failure is None]
    return max(heard, default=one.timings.queued), last


def _strongest(matches: tuple[Match, ...]) -> str:
    actions = [one.action for one in matches]
    return max(actions, key=_strength, default="")


def _strength(action: str) -> int:
    return STRENGTH.index(action) if action in STRENGTH else len(STRENGTH)


def _each(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in groupby(sorted(names)))


def _numbered(one: Exchange, *, backwards: bool = False) -> list[tuple[int, Attempt]]:
    found = list(enumerate(one.attempts, 1))
    return found[::-1] if backwards else found


def _digest(one: Exchange, what: str, size: int) -> str:
    """Give an id that is the same whoever works it out: of the record's key, and of what it is."""
    told = f"{one.id} {one.span} {one.at} {what}".encode()
    return blake2b(told, digest_size=size).hexdigest()
