"""Where the time of one request went: waiting, screening, each call, and what came of it."""

from collections.abc import Iterator

from tenken.console.showing.blocks import Span, Tone, Waterfall
from tenken.console.view import View
from tenken.journal.exchange import Attempt, Exchange


def waterfall(view: View, one: Exchange) -> Waterfall:
    """Give the stretches of a request, in their order."""
    spans = tuple(_spans(view, one))
    ends = [one.timings.last, *(span.ended_us for span in spans)]
    return Waterfall(label=view.say("card_waterfall"), total_us=max([1, *ends]), spans=spans)


def _spans(view: View, one: Exchange) -> Iterator[Span]:
    times = one.timings
    tone: Tone = "good" if one.outcome.value == "answered" else "bad"
    yield Span(
        label=view.say("span_request"), began_us=0, ended_us=times.last,
        tone=tone, note=view.say(f"outcome_{one.outcome.value}"),
    )  # fmt: skip
    if times.queued:
        yield Span(label=view.say("span_queued"), began_us=0, ended_us=times.queued, depth=1)
    for number, attempt in enumerate(one.attempts, 1):
        yield from _attempt(view, number, attempt)
    if times.guarded and times.first_token:
        yield Span(
            label=view.say("span_guarded"), began_us=max(0, times.first_token - times.guarded),
            ended_us=times.first_token, depth=1, tone="strong",
        )  # fmt: skip


def _attempt(view: View, number: int, one: Attempt) -> Iterator[Span]:
    failure = one.failure.value if one.failure else ""
    yield Span(
        label=view.say("span_attempt", number=number, target=one.target),
        began_us=one.began, ended_us=max(one.began, one.ended), depth=1,
        tone="bad" if failure else "calm",
        note=view.word("failed", failure) if failure else one.model,
    )  # fmt: skip
    first = one.first_token or one.first_byte
    if first > one.began:
        yield Span(
            label=view.say("span_first"), began_us=one.began, ended_us=first, depth=2,
        )  # fmt: skip
    if first and one.ended > first:
        yield Span(
            label=view.say("span_writing"), began_us=first, ended_us=one.ended, depth=2,
            tone="good",
        )  # fmt: skip
