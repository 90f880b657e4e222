"""A door: a route, and the function that stands behind it."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.access import Asked
from tenken.readiness.collectors.python.modules import Class, Function
from tenken.readiness.facts.code import Auth, Route

OPEN = Pattern(
    r"(?i)^/?(health|healthz|healthcheck|health_check|ready|readyz|readiness|live|livez|liveness|ping|"
    r"status|metrics|docs|redoc|openapi|favicon|static|login|logout|signin|sign-in|signup|register|"
    r"token|oauth|auth|callback|version|robots|\.well-known)?(/|\.|$)"
)
PREFIXED = Pattern(
    r"(?i)/(health|healthz|ready|readyz|live|livez|ping|login|logout|token|callback|signup|register)$"
)


class Door(Struct, frozen=True, eq=False):
    """A route with the function that stands behind it."""

    route: Route
    function: Function


def strongest(ways: Iterable[Asked]) -> Asked:
    """One way that always asks is enough; one that may be off is worth telling."""
    order = (
        Auth.REQUIRED, Auth.OPTIONAL, Auth.CLAIMED, Auth.ADMITS, Auth.UNKNOWN, Auth.NONE,
    )  # fmt: skip
    return min(ways, key=lambda asked: order.index(asked.auth), default=Asked(Auth.NONE, "", None))


@lru_cache(maxsize=1_000)
def is_open(method: str, path: str) -> bool:
    """A door that is meant for everybody: health, login, documentation."""
    trimmed = path.strip("/")
    if not trimmed:
        return method in {"GET", "HEAD"}
    return bool(OPEN.search(trimmed)) or bool(PREFIXED.search(f"/{trimmed}"))


def entry_of(of: Class) -> Function | None:
    """The method of a view that a request enters."""
    for name in ("post", "get", "put", "dispatch", "create", "list"):
        if name in of.methods:
            return of.methods[name]
    return next(iter(of.methods.values()), None)
