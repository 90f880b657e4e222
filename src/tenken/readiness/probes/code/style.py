"""Whether calls are made in the style that was decided."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from tenken.evidence import Answer, Finding
from tenken.place import Place
from tenken.readiness.answers import fails, holds, lie, note, seen, unknown
from tenken.readiness.facts.calls import Flow, LlmCall
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.figures import is_blank
from tenken.readiness.probes.code.judging import MOST, no_calls, unless_foreign
from tenken.sentence import say, words

STYLES = frozenset({"sync", "stream", "async"})


class Decided(Struct, frozen=True, kw_only=True):
    """A style, and where somebody decided on it with a reason."""

    style: str
    place: Place
    has_reason: bool


def matches(survey: Survey) -> Answer:
    """The code calls as the application's file or its decision records say."""
    decided = tuple(_decided(survey))
    styles = {one.style for one in decided}
    if not styles:
        return unknown(say("code.style_undecided"))
    calls = tuple(survey.code.generations)
    if not calls:
        return no_calls(survey)
    shown = words("style", sorted(styles))
    if other := [call for call in calls if _style(call) not in styles and call.routes]:
        return fails(
            *(
                lie(
                    "code.style_differs",
                    call.place,
                    decided=shown,
                    found=words("style", [_style(call)]),
                )
                for call in other[:MOST]
            )
        )
    if len(styles) > 1:
        return unknown(say("code.styles_several", decided=shown), *_where(decided))
    if not any(one.has_reason for one in decided):
        return unknown(say("code.style_undecided"), *_where(decided))
    if not any(_style(call) in styles for call in calls):
        return unknown(say("code.style_not_seen", decided=shown))
    remarks = [seen("code.style_decided", one.place, decided=shown) for one in decided]
    match = seen("code.style_matches", calls[0].place, decided=shown)
    return unless_foreign(survey.code, holds(match, *remarks[:MOST]))


def _decided(survey: Survey) -> Iterator[Decided]:
    """What a document decides, and the manifest; a draft's style without a reason decides less."""
    written = [
        Decided(
            style=one.call_style,
            place=one.call_style_place or one.place,
            has_reason=not is_blank(one.reason),
        )
        for one in survey.documents.decisions
        if one.is_in_force and one.call_style in STYLES
    ]
    manifest = survey.manifest
    own = manifest.application.decisions.call_style if manifest is not None else None
    if manifest is not None and own is not None and not (is_blank(own.reason) and written):
        place = manifest.place("decisions", "call_style")
        yield Decided(style=own.style, place=place, has_reason=not is_blank(own.reason))
    yield from written


def _where(decided: Iterable[Decided]) -> Iterator[Finding]:
    return (
        note("code.style_decided", one.place, decided=words("style", [one.style]))
        for one in decided
    )


def _style(call: LlmCall) -> str:
    """`async`: outside the request; `stream`: while it is written; else the caller waits."""
    if call.flow is Flow.QUEUE:
        return "async"
    return "stream" if call.streaming else "sync"
