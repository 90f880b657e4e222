"""What is known of a plain request by its head and its model: worked out once.

A lane ends with its plan, and with its caller's key.
"""

from msgspec import Struct

from tenken.gateway.heads.said import Said
from tenken.gateway.house import Room
from tenken.gateway.plan import Plan
from tenken.gateway.read import stated_by
from tenken.gateway.repeating.once import HEADER as REPEATED
from tenken.gateway.way import Hold, Way
from tenken.journal.exchange import Identity
from tenken.policy.deadline import LEAST_LEFT_S, deadline, first_byte_s
from tenken.store.counters.grip import ByName
from tenken.transport.message import Request
from tenken.wire.api import Api
from tenken.wire.dialects.openai_chat import PATH, OpenAIChat

CHAT = "/v1/chat/completions"


class Lane(Struct, frozen=True, eq=False, kw_only=True):
    """A caller's way to the one target that its plain requests ask."""

    plan: Plan
    model: str
    until: float
    """When the caller's key ends, in microseconds since 1970."""
    said: Said
    way: Way
    room: Room
    hold: Hold | None
    """None where nothing is limited."""
    line: bytes
    """How its calls begin."""
    head: bytes
    """How its answers begin."""
    identity: Identity
    release: str
    """What answers, as one unit."""
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
    if said.loops or not said.json or said.retries or said.prompt is not None:
        return None
    if request.path != CHAT or request.method != "POST" or REPEATED in request.named:
        return None
    route, hold, target = way.route, way.hold, room.target
    plain = isinstance(room.dialects.get(Api.CHAT), OpenAIChat)
    chosen = route.weights or route.larger_context or route.queue_for_place or route.cache
    written = way.targets.get(Api.CHAT)
    if route.off or chosen or not plain or hold is None or written is None:
        return None
    if hold.scoped.wants and isinstance(hold.grip, ByName):
        return None  # somebody has to be waited for
    timeouts = route.timeouts
    ends = deadline(
        timeouts,
        started=0.0,
        stream=False,
        read_timeout_s=said.read_s,
        request_timeout_s=said.within_s,
    )
    if ends.at < LEAST_LEFT_S:
        return None
    room.turn_to(PATH)
    return Lane(
        plan=way.plan,
        model=route.name,
        until=until,
        said=said,
        way=way,
        room=room,
        hold=hold if hold.scoped.wants else None,
        line=room.line + said.via,
        head=way.heads.get(target.id) or way.head(target),
        identity=stated_by(said, way),
        release=way.plan.releases.get((route.name, target.id), ""),
        path=room.way,
        connect_s=timeouts.connect_s,
        idle_s=timeouts.idle_s,
        total_s=ends.at,
        by=ends.by,
        first_s=first_byte_s(
            timeouts, stream=False, left_s=ends.at, last=len(route.targets) == 1
        ),
        shortest=written.shortest,
    )
