"""Requests that the observer sent: followed everywhere, stored masked, spoken by the user."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tenken.evidence import Holding
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sent import Sent, SentFacts
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed import masking, tracing
from tenken.readiness.probes.observed.said import Observed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW, log_lines
from tests.readiness.observed.spans import CLIENT, NEW, SERVER, exported, span

HOLDS, FAILS, PARTLY, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.PARTLY, Holding.UNKNOWN
NOTHING = survey_of({})
SIX = 6
OUTSIDE = "00f067aa0ba902b7"
Spans = list[dict[str, Any]]


class World:
    """An application that does everything right, until a test makes it do something else."""

    def __init__(self) -> None:
        self.inherits = True
        self.links = True
        self.answers_with_trace = True
        self.logs_trace = True
        self.carries_request_id = True
        self.has_door = True
        self.loses_parent = False
        self.masks_inputs = True
        self.masks_outputs = True
        self.stores = True
        self.role = "user"
        self.repeats = True
        self.elsewhere = ""
        self.wrong = SIX
        """How many of the requests go as the settings above say; the others go well."""

    def seen(self) -> Sighting:
        """What is found of six requests."""
        sent = [_sent(number) for number in range(SIX)]
        spoilt = [
            (self if number < self.wrong else World(), one) for number, one in enumerate(sent)
        ]
        lines = [world.line(one) for world, one in spoilt]
        spans = [exported(world.spans(one)) for world, one in spoilt]
        answered = tuple(world.answered(one) for world, one in spoilt)
        kept = Kept(latest=NOW, earliest=NOW)
        return Sighting(
            about=ABOUT,
            survey=NOTHING,
            logs=read_logs([("log", "\n".join(lines))], ABOUT),
            traces=read_traces([("spans", "\n".join(spans))], ABOUT),
            sent=SentFacts(kept=kept, sent=answered),
        )

    def answered(self, one: Sent) -> Sent:
        """With the trace in a header, and the text repeated."""
        headers = f"x-trace-id: {one.trace}" if self.answers_with_trace else ""
        answer = f"{one.mark} {' '.join(one.canaries)}" if self.repeats else "Fine"
        return Sent(
            name=one.name, at=one.at, trace=one.trace, span=one.span, request_id=one.request_id,
            mark=one.mark, canaries=one.canaries, served=True, status=200, headers=headers,
            answer=answer,
        )  # fmt: skip

    def line(self, one: Sent) -> str:
        """The request's line of the log."""
        trace = one.trace if self.logs_trace else "f" * 32
        request_id = one.request_id if self.carries_request_id else "made-here"
        return log_lines(1, trace_id=trace, request_id=request_id)[0]

    def spans(self, one: Sent) -> Spans:
        """The request's spans."""
        trace = one.trace if self.inherits else f"{int(one.trace, 16) + (1 << 90):032x}"
        carried = {"http.request.header.x-request-id": one.request_id}
        door = span(trace, f"{1:016x}", one.span, kind=SERVER, name="POST /v1/ask",
                    attributes=carried if self.carries_request_id else {})  # fmt: skip
        work = span(trace, f"{2:016x}", f"{9:016x}" if self.loses_parent else f"{1:016x}",
                    attributes={"app.text": self.elsewhere and one.canaries[0]})  # fmt: skip
        call = span(trace if self.links else "e" * 32, f"{3:016x}", f"{2:016x}", kind=CLIENT,
                    name="chat", attributes={**NEW, **self.stored(one)})  # fmt: skip
        if self.has_door:
            return [door, work, call]
        return [span(trace, f"{1:016x}", one.span), work, call]

    def stored(self, one: Sent) -> dict[str, Any]:
        """What the call's span keeps of the conversation."""
        if not self.stores:
            return {}
        masked = f"{one.mark} [EMAIL] [PHONE]"
        plain = f"{one.mark} {' '.join(one.canaries)}"
        turns = [
            {"role": "system", "parts": [{"type": "text", "content": "Answer briefly"}]},
            {"role": self.role,
             "parts": [{"type": "text", "content": masked if self.masks_inputs else plain}]},
        ]  # fmt: skip
        said = masked if self.masks_outputs else plain
        return {
            "gen_ai.input.messages": json.dumps(turns),
            "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [said]}]),
        }


def _sent(number: int) -> Sent:
    return Sent(
        name="enquiry", at=NOW, trace=f"{number + 1:032x}", span=OUTSIDE,
        request_id=f"tenken-{number:016x}", mark=f"MARK{number}",
        canaries=(f"hanako{number}@example.jp", f"090-1234-567{number}"),
    )  # fmt: skip


FOLLOWED = tracing.probe_trace_id_is_in_response_log_and_trace
SURVIVES = tracing.upstream_request_id_survives_to_the_llm_call
COMPLETE = tracing.probe_trace_is_complete_in_the_backend
INPUTS = masking.canary_pii_is_absent_from_stored_inputs
OUTPUTS = masking.canary_pii_is_absent_from_stored_outputs
ROLES = masking.marked_input_reaches_only_user_parts
EVERY = (FOLLOWED, SURVIVES, COMPLETE, INPUTS, OUTPUTS, ROLES)
Probe = Callable[[Sighting], Observed]


@pytest.mark.parametrize("probe", EVERY, ids=lambda one: one.__name__)
def test_all_is_found_of_what_was_sent(probe: Probe) -> None:
    """By an application with a tracing library of its own choice."""
    assert probe(World().seen()).answer.holding is HOLDS


@pytest.mark.parametrize(
    ("probe", "spoilt", "to", "holding"),
    [
        (FOLLOWED, "answers_with_trace", False, FAILS),
        (FOLLOWED, "logs_trace", False, FAILS),
        (FOLLOWED, "inherits", False, FAILS),
        (SURVIVES, "inherits", False, FAILS),
        (SURVIVES, "links", False, FAILS),
        (SURVIVES, "carries_request_id", False, FAILS),
        (COMPLETE, "inherits", False, FAILS),
        (COMPLETE, "links", False, FAILS),
        (COMPLETE, "has_door", False, FAILS),
        (COMPLETE, "loses_parent", True, FAILS),
        (INPUTS, "masks_inputs", False, FAILS),
        (INPUTS, "elsewhere", "a body in another span", FAILS),
        (INPUTS, "stores", False, UNKNOWN),
        (OUTPUTS, "masks_outputs", False, FAILS),
        (OUTPUTS, "repeats", False, UNKNOWN),
        (OUTPUTS, "stores", False, UNKNOWN),
        (ROLES, "role", "system", FAILS),
        (ROLES, "stores", False, UNKNOWN),
    ],
)
def test_a_spoilt_application_is_seen(
    probe: Probe, spoilt: str, to: object, holding: Holding
) -> None:
    """One thing at a time."""
    world = World()
    setattr(world, spoilt, to)

    assert probe(world.seen()).answer.holding is holding


@pytest.mark.parametrize("spoilt", ["answers_with_trace", "logs_trace", "inherits"])
def test_one_lost_of_six_is_told(spoilt: str) -> None:
    """And is not rounded away."""
    world = World()
    world.wrong = 1
    setattr(world, spoilt, False)

    assert FOLLOWED(world.seen()).answer.holding is PARTLY


def test_a_mask_on_the_way_in_says_nothing_of_the_way_out() -> None:
    """Each side is looked at by itself."""
    world = World()
    world.masks_outputs = False

    assert INPUTS(world.seen()).answer.holding is HOLDS
    assert OUTPUTS(world.seen()).answer.holding is FAILS
