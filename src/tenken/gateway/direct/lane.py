"""What is known of a plain request by its head and its model: worked out once.

A lane ends with its plan, and with its caller's key.
"""

from msgspec import Struct

from tenken.gateway.direct.forms import Forms, Tariff, forms_of, tariff_of
from tenken.gateway.heads.said import Said
from tenken.gateway.house import Room
from tenken.gateway.plan import Plan
from tenken.gateway.read import stated_by
from tenken.gateway.repeating.once import HEADER as REPEATED
from tenken.gateway.way import Hold, Scoped, Way
from tenken.journal.exchange import Identity
from tenken.policy.deadline import LEAST_LEFT_S, deadline, first_byte_s
from tenken.store.counters.grip import Together
from tenken.transport.message import Request
from tenken.wire.api import Api
from tenken.wire.dialects.openai_chat import PATH, OpenAIChat

PATHS = ("POST", "/v1/chat/completions")
CHAT = Api.CHAT  # looked up once


class Lane(Struct, frozen=True, eq=False, kw_only=True):
    """A caller's way to the one target that its plain requests ask."""

    plan: Plan
    model: str
    until: float
    """When the caller's key ends, in microseconds since 1970."""
    said: Said
    """But for what each says of its own."""
    owns: bool
    """Its requests may say something of their own: an id, a trace."""
    way: Way
    room: Room
    scoped: Scoped
    grip: Together | None
    """On its limits; None where nothing is limited."""
    line: bytes
    """How its calls begin."""
    head: bytes
    """How its answers begin."""
    identity: Identity
    """Of all its requests, but for session and prompt."""
    forms: Forms
    tariff: Tariff
    path: bytes
    connect_s: float
    idle_s: float
    total_s: float
    by: str
    """Who has set that time."""
    first_s: float
    """So long a call may take to its first byte."""
    shortest: int
    """Texts of so many bytes are short enough for its target."""


def lane_of(request: Request, said: Said, way: Way, room: Room, *, until: float) -> Lane | None:
    """Give the lane of requests with this head; None where they go the long way.

    They do where a stage has to decide something for each of them: which target, whether the
    answer was given before, in whose turn.
    """
    hold, written, timeouts = way.hold, way.targets.get(CHAT), way.route.timeouts
    tariff = tariff_of(room.target.prices)
    if hold is None or written is None or tariff is None or not _says_nothing(request, said):
        return None
    if not _decides_nothing(way, hold, room):
        return None
    read_s, within_s = said.read_s, said.within_s
    ends = deadline(
        timeouts, started=0.0, stream=False, read_timeout_s=read_s, request_timeout_s=within_s
    )
    release = way.plan.releases.get((way.route.name, room.target.id), "")
    try:
        forms = forms_of(identity := stated_by(said, way), release, room.target)
    except ValueError:
        return None
    if ends.at < LEAST_LEFT_S:
        return None
    room.turn_to(PATH)
    return Lane(
        plan=way.plan,
        model=way.route.name,
        until=until,
        said=said,
        owns=said.owns,
        way=way,
        room=room,
        scoped=hold.scoped,
        grip=hold.grip if hold.scoped.wants and isinstance(hold.grip, Together) else None,
        line=room.line + said.via,
        head=way.heads.get(room.target.id) or way.head(room.target),
        identity=identity,
        forms=forms,
        tariff=tariff,
        path=room.way,
        connect_s=timeouts.connect_s,
        idle_s=timeouts.idle_s,
        total_s=ends.at,
        by=ends.by,
        first_s=first_byte_s(
            timeouts, stream=False, left_s=ends.at, last=len(written.targets) == 1
        ),
        shortest=written.shortest,
    )


def _says_nothing(request: Request, said: Said) -> bool:
    """Whether a head says nothing that differs from one request to the next, but its own."""
    if (request.method, request.path) != PATHS or REPEATED in request.named:
        return False
    return said.json and not said.loops and said.prompt is None


def _decides_nothing(way: Way, hold: Hold, room: Room) -> bool:
    """Whether nothing has to be decided for each request, and nobody waited for."""
    route = way.route
    chosen = route.weights or route.larger_context or route.queue_for_place or route.cache
    by_name = hold.scoped.wants and not isinstance(hold.grip, Together)
    plain = isinstance(room.dialects.get(CHAT), OpenAIChat)
    return plain and not (route.off or chosen or by_name)
