"""Between records and rows: nothing is lost on the way, in either direction.

Rows are written as tuples in the order of the columns that stand beside them: texts first, so that
they are looked through together, and what is true or not as a number, which SQLite's driver takes
as it is: for a truth it looks each time who might turn it into something.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tenken.journal.exchange import (
    Attempt,
    Exchange,
    Identity,
    Intent,
    Judging,
    Match,
    Outcome,
    Timings,
)
from tenken.store.bulk.columns import Rows
from tenken.store.money import trillionths
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES, TEXTS
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

Row = Mapping[str, Any]
Values = tuple[object, ...]
LIMITS = msgspec.json.Decoder(tuple[str, ...])
JUDGINGS = msgspec.json.Decoder(tuple[Judging, ...])
TOKENS = ("input", "cache_read", "cache_write", "cache_write_hour", "output", "reasoning")
TIMES = ("queued", "connected", "first_byte", "first_token", "last", "guarded")
TRYING = ("began", "connected", "first_byte", "first_token", "ended")
IDENTITY = tuple(Identity.__struct_fields__)
EXCHANGE = (
    "trace", "parent", "sampled", "stream", "status", "code", "finish",
    "content", "feedback", "client_retry", "cached",
)  # fmt: skip
ATTEMPT = (
    "target", "provider", "model", "credential", "region", "status", "upstream_id", "reason",
    "hedge",
)  # fmt: skip
MATCH = tuple(Match.__struct_fields__)

OF_EXCHANGES = Rows(
    table=EXCHANGES,
    columns=(
        "id", "span", "trace", "parent", "caller", "use_case", "use_case_known", "route",
        "session", "session_known", "prompt", "prompt_known", "release", "settings", "overlays",
        "drill", "api", "outcome", "code", "finish", "usage_source", "limits", "content",
        "feedback", "judgings", "target", "provider", "model",
        "at", "sampled", "stream", "status", *TOKENS, "cost", *(f"{one}_us" for one in TIMES),
        "client_retry", "cached", "tries", "found",
    ),
)  # fmt: skip
OF_ATTEMPTS = Rows(
    table=ATTEMPTS,
    columns=(
        "id", "span", "target", "provider", "model", "credential", "region", "usage_source",
        "upstream_id", "reason",
        "at", "number", "failure", "status", *TOKENS, "cost", *(f"{one}_us" for one in TRYING),
        "hedge",
    ),
)  # fmt: skip
OF_MATCHES = Rows(
    table=MATCHES,
    columns=(
        "id", "span", "rule", "risk", "action", "stage", "severity", "origin", "mark",
        "at", "number", "score",
    ),
)  # fmt: skip
OF_TEXTS = Rows(table=TEXTS, columns=("id", "span", "at", "sealed"))


def exchange_values(one: Exchange, cost: int) -> Values:
    """Give the row of an exchange; `cost` is its own, as the whole number that stands there."""
    who, times, last = one.identity, one.timings, one.attempts[-1] if one.attempts else None
    texts = (
        one.id, one.span, one.trace, one.parent, who.caller, who.use_case, who.use_case_known,
        who.route, who.session, who.session_known, who.prompt, who.prompt_known, who.release,
        who.settings, who.overlays, who.drill, str(one.api), str(one.outcome), one.code,
        one.finish, one.usage.source, _listed(one.limits), one.content, one.feedback,
        _listed(one.judgings),
        last.target if last else "", last.provider if last else "", last.model if last else "",
    )  # fmt: skip
    return (
        *_clean(texts),
        one.at, int(one.sampled), int(one.stream), one.status, *_tokens(one.usage), cost,
        times.queued, times.connected, times.first_byte, times.first_token, times.last,
        times.guarded, one.client_retry, int(one.cached), len(one.attempts), len(one.matches),
    )  # fmt: skip


def attempt_values(one: Exchange, cost: int) -> list[Values]:
    """Give the rows of its attempts, numbered as they were made; `cost` is that of all."""
    return [
        (
            *_clean((
                one.id, one.span, tried.target, tried.provider, tried.model, tried.credential,
                tried.region, tried.usage.source, tried.upstream_id, tried.reason,
            )),
            one.at, number, str(tried.failure) if tried.failure else None, tried.status,
            *_tokens(tried.usage),
            cost if tried.cost == one.cost else trillionths(tried.cost),
            tried.began, tried.connected, tried.first_byte, tried.first_token, tried.ended,
            int(tried.hedge),
        )
        for number, tried in enumerate(one.attempts, 1)
    ]  # fmt: skip


def match_values(one: Exchange) -> list[Values]:
    """Give the rows of what guards found."""
    return [
        (
            *_clean((
                one.id, one.span, match.rule, match.risk, match.action, match.stage,
                match.severity, match.origin, match.mark,
            )),
            one.at, number, match.score,
        )
        for number, match in enumerate(one.matches, 1)
    ]  # fmt: skip


def intent_row(one: Intent, *, journal: str, boot: str) -> Row:
    """Give the row of an intent that waits for its exchange."""
    key = {"id": one.id, "span": one.span, "at": one.at}
    return {**key, "journal": journal, "boot": boot, "record": msgspec.msgpack.encode(one)}


def exchange_of(row: Row, attempts: Sequence[Row], matches: Sequence[Row]) -> Exchange:
    """Give an exchange back from its rows."""
    return Exchange(
        id=row["id"],
        span=row["span"],
        at=row["at"],
        identity=Identity(**{name: row[name] for name in IDENTITY}),
        api=Api(row["api"]),
        outcome=Outcome(row["outcome"]),
        attempts=tuple(_attempt_of(one) for one in attempts),
        usage=_usage_of(row),
        cost=row["cost"],
        timings=Timings(**{name: row[f"{name}_us"] for name in TIMES}),
        limits=LIMITS.decode(row["limits"]),
        judgings=JUDGINGS.decode(row["judgings"]),
        matches=tuple(Match(**{name: one[name] for name in MATCH}) for one in matches),
        **{name: row[name] for name in EXCHANGE},
    )


def _attempt_of(row: Row) -> Attempt:
    return Attempt(
        **{name: row[name] for name in ATTEMPT},
        **{name: row[f"{name}_us"] for name in TRYING},
        failure=Failure(row["failure"]) if row["failure"] else None,
        usage=_usage_of(row),
        cost=row["cost"],
    )


def _clean(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Postgres takes no NUL in a text, and a provider's own words may hold one."""
    if "\0" not in "".join(texts):
        return texts
    return tuple(one.replace("\0", "\ufffd") for one in texts)


def _listed(several: tuple[object, ...]) -> str:
    return msgspec.json.encode(several).decode() if several else "[]"


def _tokens(usage: Usage) -> tuple[int, ...]:
    return (
        usage.input,
        usage.cache_read,
        usage.cache_write,
        usage.cache_write_hour,
        usage.output,
        usage.reasoning,
    )


def _usage_of(row: Row) -> Usage:
    return Usage(**{name: row[name] for name in TOKENS}, source=row["usage_source"])
