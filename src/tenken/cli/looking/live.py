"""What a running gateway shows an inspection: its signed evidence, and how its door is kept."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from tenken.cli.looking.where import Live
from tenken.errors import UsageError
from tenken.evidence import Evidence
from tenken.readiness.catalogue import Catalogue
from tenken.readiness.evidence.chain import MOST_LINES, Chain, read, unread
from tenken.readiness.evidence.envelope import TrustedKey
from tenken.readiness.facts.observed.records import About
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import CollectorProblem
from tenken.readiness.observation import Bound, observe, settled
from tenken.readiness.signing.vouched import Handed
from tenken.readiness.signing.vouched import read as read_signed
from tenken.sentence import say

if TYPE_CHECKING:
    from tenken.cli.looking.web import Reply, Site

SINCE = timedelta(days=8)
"""What is older has run out, whatever it says."""
OWN_LIFE = timedelta(hours=1)
OK, ABSENT = 200, 404
Keys = tuple[TrustedKey, ...]


class Fetched(Struct, frozen=True, kw_only=True):
    """What a running system handed over."""

    evidence: Chain
    signoffs: "Reply"
    """Of its console, as they came: who is trusted is not known here."""


def fetched(
    live: Live, *, now: datetime, clock: Callable[[], float], environment: Mapping[str, str]
) -> Fetched:
    """Fetch the evidence it has signed, and what people have signed in its console."""
    from tenken.cli.looking.web import Site  # noqa: PLC0415

    token = environment.get(live.token_env, "") if live.token_env else ""
    if live.token_env and not token:
        raise UsageError("observe.no_variable", name=live.token_env)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    site = Site(live.url, clock=clock, headers=headers)
    return Fetched(evidence=_evidence(live, site, now), signoffs=site.ask("/api/v1/signoffs"))


def handed(reply: "Reply", file: str, *, service: str, keys: Keys, today: date) -> Handed:
    """Read the sign-offs of a console; what cannot be fetched is a problem and signs nothing.

    A system whose console is not there, or is an older one, has none.
    """
    if reply.status == ABSENT:
        return Handed()
    if reply.status != OK:
        why = reply.why_not or str(reply.status)
        sentence = say("signoff.unreachable", file=file, why=why)
        return Handed(problems=(CollectorProblem(path=file, line=0, sentence=sentence),))
    return read_signed(reply.body, file=file, service=service, trusted=keys, today=today)


def _evidence(live: Live, site: "Site", now: datetime) -> Chain:
    """What cannot be fetched is a problem and proves nothing."""
    since = quote((now - SINCE).isoformat(timespec="seconds"))
    reply = site.ask(f"/api/v1/evidence?since={since}")
    if reply.status != OK:
        return unread(live.url, "observe.no_evidence", why=reply.why_not or str(reply.status))
    return _told_of_more(read(reply.body, file=live.url, begins=False), reply.body, live.url)


def _told_of_more(chain: Chain, body: bytes, url: str) -> Chain:
    """Say that there are older lines than what was handed over; those would only age out."""
    if len(body.splitlines()) < MOST_LINES:
        return chain
    sentence = say("observe.lines_left_out", file=url, most=MOST_LINES)
    problem = CollectorProblem(path=url, line=0, sentence=sentence)
    return replace(chain, problems=(*chain.problems, problem))


def seen_at_the_door(
    url: str,
    survey: Survey,
    catalogue: Catalogue,
    *,
    service: str,
    now: datetime,
    clock: Callable[[], float],
) -> tuple[Evidence, ...]:
    """What this inspection sees of a gateway itself, without a credential."""
    from tenken.cli.looking.knocking import knock  # noqa: PLC0415

    about = About(services=frozenset(), commit="", now=now)
    doors = knock(url, None, now=now, clock=clock)
    bound = Bound(
        service=service, declared={}, life=OWN_LIFE, reproduce=f"tenken check --live {url}"
    )
    seen = Sighting(about=about, survey=survey, doors=doors)
    return settled(observe(catalogue, seen, bound))
