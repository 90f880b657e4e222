"""What is asked, on which route, for which use case and session."""

import asyncio
import hashlib
from collections.abc import Awaitable
from difflib import get_close_matches

from msgspec.structs import replace

from tenken.gateway.flow import Flow
from tenken.gateway.heads.said import Said
from tenken.gateway.plan import Caller, Plan, Route
from tenken.gateway.prompt import HEADER, SYSTEM, prompt_of
from tenken.gateway.prompting.asking import MARK, prompted, refused
from tenken.gateway.way import Way, Whose, way_of
from tenken.journal.exchange import Identity, Known
from tenken.policy.deadline import Deadline, deadline, narrowed
from tenken.prompts.library import Library
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.refusal import Refusal, Refused
from tenken.wire.requests import chat, embeddings, messages, responses

HASH_BYTES = 12
LARGE = 64 << 10
SESSIONS, KEPT_MAX = 512, 8 << 10
"""So many are known, of requests of no more bytes: what is kept of them is at most 4 MiB."""
NAMED_MAX = 5
NO_PROMPTS = Library()


class Read:
    """Reads the body and finds the route."""

    def __init__(self, *, limits: BodyLimits, fingerprint_key: bytes) -> None:
        self._limits = limits
        self._hash = session_hash(fingerprint_key)
        self._plan: Plan | None = None
        self._ways: dict[tuple[str, str], Way] = {}
        """By caller and by what is asked for, under this plan."""
        self._stating: dict[tuple[str, str, str], Way] = {}
        """The same of those who say their use case, by that too."""
        self._kept = 0
        """How many sessions ways know."""

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Fill in what is asked, the route, whose session and until when."""
        if len(flow.request.body) > LARGE:
            return self._beside(flow)
        self._found(flow, self._body(flow))
        return None

    async def _beside(self, flow: Flow) -> None:
        # Beside the others' requests: a thread gives way every few milliseconds.
        self._found(flow, await asyncio.to_thread(self._body, flow))

    def _found(self, flow: Flow, asked: Asked) -> None:
        flow.asked = asked
        flow.way = way = self._way(flow, asked)
        flow.route = route = way.route
        whose = self._whose(flow, asked, way)
        flow.identity, flow.released = whose.identity, whose.released
        if route.off:
            raise Refusal(SWITCHED_OFF)
        flow.timeouts = timeouts = route.timeouts
        read_s, within_s = flow.said.read_s, flow.said.within_s
        if read_s is None and within_s is None:
            flow.deadline = Deadline(at=flow.began + timeouts.total_s, by="route")
            return
        flow.deadline = deadline(
            timeouts,
            started=flow.began,
            stream=asked.stream,
            read_timeout_s=read_s,
            request_timeout_s=within_s,
        )
        if asked.stream:
            flow.timeouts = narrowed(timeouts, read_timeout_s=read_s)

    def known_way(self, plan: Plan, caller: Caller, model: str) -> Way | None:
        """Give the way of a caller to a model where it was worked out under this plan."""
        return self._ways.get((caller.id, model)) if plan is self._plan else None

    def _way(self, flow: Flow, asked: Asked) -> Way:
        plan, caller = flow.plan, flow.caller
        if plan is not self._plan:
            self._plan, self._kept = plan, 0
            self._ways.clear()
            self._stating.clear()
        way = self._ways.get((caller.id, asked.model))
        if way is None:
            way = way_of(plan, caller, route_of(plan, caller, asked))
            self._ways[caller.id, asked.model] = way
        if plan.use_cases and way.identity.use_case_known == "none" and flow.said.use_case:
            return self._for_use_case(flow, way)
        return way

    def _for_use_case(self, flow: Flow, way: Way) -> Way:
        """Give the way of those who say for what they ask: a use case has limits of its own."""
        identity = stated_by(flow.said, way)
        key = (way.caller.id, way.route.name, identity.use_case)
        found = self._stating.get(key)
        if found is None:
            identity = replace(identity, drill="")
            found = self._stating[key] = replace(way, identity=identity, hold=None, heads={})
        return found

    def _body(self, flow: Flow) -> Asked:
        if not flow.said.json:
            raise Refusal(
                Refused(
                    status=415, code="unsupported_media_type", sentence=say("gateway.media_type")
                )
            )
        body, library = flow.request.body, flow.plan.prompts
        if library is not None and MARK in body:
            flow.prompted = made = prompted(
                body, api=flow.api, library=library, limits=self._limits
            )
            if made is not None:
                if made.own:
                    self._read(flow, made.own)  # so that what is wrong is told by its own place
                return self._read(flow, made.body)
        try:
            return self._read(flow, body)
        except Refusal:
            if library is None and MARK in body:  # told as what it is, not as an odd field
                prompted(body, api=flow.api, library=NO_PROMPTS, limits=self._limits)
            raise

    def _read(self, flow: Flow, body: bytes) -> Asked:
        passing = flow.plan.pass_through
        read = READERS.get(flow.api)
        if read is not None:
            return read(body, limits=self._limits, pass_through=passing)
        headers = flow.request.headers
        return messages.read(body, limits=self._limits, headers=headers, pass_through=passing)

    def _whose(self, flow: Flow, asked: Asked, way: Way) -> Whose:
        """Give whose it is: what a session's last request was told the same for is looked up."""
        said, made = flow.said, flow.prompted
        session = said.session or asked.user
        if not session or made is not None or len(asked.body) + len(session) > KEPT_MAX:
            return Whose(self._identity(flow, asked, way), {})
        system = [one.texts for one in asked.turns if one.role in SYSTEM]
        key = (session, asked.user, said.prompt, said.use_case, said.drill, *system)
        known = way.whose.get(key)
        if known is None:
            known = Whose(self._identity(flow, asked, way), {})
            if self._kept >= SESSIONS:
                self._forget()
            self._kept += 1
            way.whose[key] = known
        return known

    def _forget(self) -> None:
        for way in self._ways.values():
            way.whose.clear()
        self._kept = 0

    def _identity(self, flow: Flow, asked: Asked, way: Way) -> Identity:
        said = flow.said
        prompt, prompt_known = self._prompt(flow, asked)
        session_known: Known = "stated" if said.session else "derived" if asked.user else "none"
        return replace(
            stated_by(said, way),
            session=self._keyed(said.session or (asked.user or flow.id).encode()),
            session_known=session_known,
            prompt=prompt,
            prompt_known=prompt_known,
        )

    def _prompt(self, flow: Flow, asked: Asked) -> tuple[str, Known]:
        made, stated = flow.prompted, flow.said.prompt
        if made is None:
            return prompt_of(asked, stated, self._keyed)
        if stated not in {None, made.prompt.id}:
            sentence = say("gateway.prompt_other", name=HEADER)
            raise refused("invalid_value", HEADER, sentence)
        return made.prompt.id, "stated"

    def _keyed(self, value: bytes) -> str:
        keyed = self._hash.copy()
        keyed.update(value)
        return keyed.hexdigest()


def stated_by(said: Said, way: Way) -> Identity:
    """Give what is the same for all requests with a head, as far as its caller may say so."""
    identity, caller = way.identity, way.caller
    if said.use_case and identity.use_case_known == "none" and said.use_case in caller.use_cases:
        identity = replace(identity, use_case=said.use_case, use_case_known="stated")
    if said.drill and caller.drills:
        identity = replace(identity, drill=said.drill)
    return identity


def session_hash(key: bytes) -> "hashlib.blake2b":
    """Give what hashes sessions, and users where a request names one instead."""
    return hashlib.blake2b(key=hashlib.sha256(key).digest(), digest_size=HASH_BYTES)


def route_of(plan: Plan, caller: Caller, asked: Asked) -> Route:
    """Give the route that is asked for; raises Refusal that tells what the caller may ask."""
    route = plan.route_for(asked.model, caller)
    if route is not None:
        return route
    allowed = sorted(caller.routes | caller.models)
    if asked.model in plan.routes or asked.model in plan.targets:
        raise Refusal(
            Refused(
                status=403,
                code="model_not_allowed",
                kind="permission_error",
                param="model",
                sentence=say(
                    "gateway.model_not_allowed",
                    model=asked.model[:128],
                    count=len(allowed),
                    some=", ".join(allowed[:NAMED_MAX]),
                ),
            )
        )
    raise Refusal(
        Refused(
            status=404,
            code="model_not_found",
            kind="not_found_error",
            param="model",
            sentence=say(
                "gateway.no_model",
                model=asked.model[:128],
                nearest=_nearest(asked.model, allowed),
            ),
        )
    )


def _nearest(name: str, names: list[str]) -> str:
    close = get_close_matches(name[:128], names, n=1, cutoff=0.0)
    return close[0] if close else "-"


READERS = {Api.CHAT: chat.read, Api.RESPONSES: responses.read, Api.EMBEDDINGS: embeddings.read}
"""All but Anthropic's messages, of which a header is read too."""
SWITCHED_OFF = Refused(
    status=503,
    code="route_switched_off",
    kind="server_error",
    sentence=say("gateway.switched_off"),
    retry_after_s=30.0,
    should_retry=False,
)
