"""Between records and rows: nothing is lost on the way, in either direction."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
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
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

Row = Mapping[str, Any]
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


def exchange_row(one: Exchange) -> Row:
    """Give the row of an exchange."""
    return _clean(
        {
            **_key(one),
            **{name: getattr(one, name) for name in EXCHANGE},
            **{name: getattr(one.identity, name) for name in IDENTITY},
            **{f"{name}_us": getattr(one.timings, name) for name in TIMES},
            **_usage_row(one.usage, one.cost),
            "api": one.api.value,
            "outcome": one.outcome.value,
            "limits": msgspec.json.encode(one.limits).decode(),
            "judgings": msgspec.json.encode(one.judgings).decode(),
            **_listed(one),
        }
    )


def _listed(one: Exchange) -> Row:
    last = one.attempts[-1] if one.attempts else None
    return {
        "target": last.target if last else "",
        "provider": last.provider if last else "",
        "model": last.model if last else "",
        "tries": len(one.attempts),
        "found": len(one.matches),
    }


def attempt_rows(one: Exchange) -> list[Row]:
    """Give the rows of its attempts, numbered as they were made."""
    return [
        _clean(
            {
                **_key(one),
                "number": number,
                **{name: getattr(attempt, name) for name in ATTEMPT},
                **{f"{name}_us": getattr(attempt, name) for name in TRYING},
                **_usage_row(attempt.usage, attempt.cost),
                "failure": attempt.failure.value if attempt.failure else None,
            }
        )
        for number, attempt in enumerate(one.attempts, 1)
    ]


def match_rows(one: Exchange) -> list[Row]:
    """Give the rows of what guards found."""
    return [
        {**_key(one), "number": number, **{name: getattr(match, name) for name in MATCH}}
        for number, match in enumerate(one.matches, 1)
    ]


def intent_row(one: Intent, *, journal: str, boot: str) -> Row:
    """Give the row of an intent that waits for its exchange."""
    return {**_key(one), "journal": journal, "boot": boot, "record": msgspec.msgpack.encode(one)}


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


def _clean(row: Row) -> Row:
    """Postgres takes no NUL in a text, and a provider's own words may hold one."""
    return {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) else value
        for name, value in row.items()
    }


def _key(one: Exchange | Intent) -> Row:
    return {"id": one.id, "span": one.span, "at": one.at}


def _usage_row(usage: Usage, cost: Decimal) -> Row:
    tokens = {name: getattr(usage, name) for name in TOKENS}
    return {**tokens, "usage_source": usage.source, "cost": cost}


def _usage_of(row: Row) -> Usage:
    return Usage(**{name: row[name] for name in TOKENS}, source=row["usage_source"])
