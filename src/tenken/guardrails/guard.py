"""A guard: the detectors of a policy over texts, with everything that is not about one text.

It tells no time and does no I/O: whoever calls `steps` may let others run in between, so that a
large text holds nobody up.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain, repeat

from msgspec.structs import replace

from tenken.errors import UsageError
from tenken.guardrails.custom.words import Words
from tenken.guardrails.detector import Conditional, Detector, Unable
from tenken.guardrails.folding import fold, lower
from tenken.guardrails.gates import Gates
from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.masking.restoring import OPEN
from tenken.guardrails.match import Match
from tenken.guardrails.paced import drained
from tenken.guardrails.policy.policy import Policy
from tenken.guardrails.policy.risks import family
from tenken.guardrails.screen import Shown, screen
from tenken.guardrails.screen import steps as deciding
from tenken.guardrails.screening import NOTHING, Found, Part, Screening, Seen, Trouble
from tenken.guardrails.stream.holding import Waiting
from tenken.guardrails.stream.window import Means, Window
from tenken.guardrails.text import Context, Direction, Origin, Text
from tenken.guardrails.verdicts.verdict import Seer
from tenken.guardrails.view import Span

CORE = 4096
"""Characters of a large text that are decided at a time."""
BEFORE = 1024
"""Characters before them that are looked at with them: what a match may rest on."""
REACH = 4096
"""Characters behind them that are looked at with them: no match is longer."""
READING = "views"
"""Stands for a detector where the text itself could not be read."""

OVER_TIME = "OverTime"
Late = Callable[[], bool]
"""Whether the time for a look is over: asked between detectors, which are never cut off."""


def never() -> bool:
    """Give a look all the time that it takes."""
    return False


Steps = Generator[None, None, Screening]


class Guard:
    """Screens texts by a policy."""

    def __init__(self, policy: Policy, detectors: Iterable[Detector]) -> None:
        self.policy = policy
        self._given = tuple(detectors)
        judges = (Seer(name=one.name, risks=one.risks) for one in policy.judges)
        self._detectors = (*self._given, *(Words(terms) for terms in policy.lists), *judges)
        self._gates = Gates(self._detectors)
        self._active: dict[tuple[Direction, Origin, str], frozenset[int]] = {}
        self._searched: dict[tuple[Direction, str], frozenset[int] | None] = {}
        self._labels = tuple({policy.label(id_) for id_ in policy.risks})
        _known(self._detectors, policy)

    def under(self, policy: Policy) -> "Guard":
        """Give the same detectors under another policy of the same names."""
        return Guard(policy, self._given)

    def screen(
        self,
        parts: Sequence[Part],
        context: Context,
        masks: Masks | None = None,
        heard: Sequence[Seen] = (),
        *,
        late: Late = never,
    ) -> Screening:
        """Decide about the parts of a request or an answer."""
        clean = None if heard else self.clean(parts, context, masks)
        return clean or self.closely(parts, context, masks, heard, late=late)

    def closely(
        self,
        parts: Sequence[Part],
        context: Context,
        masks: Masks | None = None,
        heard: Sequence[Seen] = (),
        *,
        late: Late = never,
    ) -> Screening:
        """Decide where not everything is known to be clean."""
        return drained(self.steps(parts, context, masks, heard, late=late))

    def clean(
        self, parts: Sequence[Part], context: Context, masks: Masks | None = None
    ) -> Screening | None:
        """Search all parts at once, whoever wrote them; None if any is worth a closer look."""
        gated = self._gated(context)
        if gated is None:
            return None
        texts = tuple([part.text for part in parts])
        whole = "\n".join(texts)
        forged = masks is not None and OPEN in whole
        if forged or len(whole) > CORE or self._gates.opened(lower(fold(whole)), gated):
            return None
        return Screening(direction=context.direction, texts=texts)

    def _gated(self, context: Context) -> frozenset[int] | None:
        """Give all that any text of this direction is shown to; None if one needs no gate."""
        use_case = context.use_case if context.use_case in self.policy.of_use_case else ""
        key = (context.direction, use_case)
        if key not in self._searched:
            each = (self.active(_of(context, origin)) for origin in Origin)
            every = frozenset().union(*each)
            closer = every & (self._gates.ungated | self._gates.reading)
            self._searched[key] = None if closer else every
        return self._searched[key]

    def steps(
        self,
        parts: Sequence[Part],
        context: Context,
        masks: Masks | None = None,
        heard: Sequence[Seen] = (),
        *,
        late: Late = never,
    ) -> Steps:
        """Decide the same, stopping between the detectors and the pieces of large texts.

        `heard` is what judges said of each part, in the order of the parts. Detectors that were
        not asked because it was `late` could not answer.
        """
        shown: list[Shown] = []
        said = chain(heard, repeat(NOTHING))
        for part, opinion in zip(parts, said, strict=False):
            text = Text(part.text)
            own = context if part.origin is context.origin else _of(context, part.origin)
            seen = yield from self.looks(text, own, late)
            own_seen = part.matched(seen.and_also(opinion))
            shown.append(Shown(part=part, text=text, seen=own_seen))
        if masks is not None:
            masks.know(*self._labels)
        return (yield from deciding(shown, context, self.policy, masks))

    def judged(
        self, part: Part, said: Seen, context: Context, masks: Masks | None = None
    ) -> Screening:
        """Decide on what judges say of a text that was screened before."""
        own = context if part.origin is context.origin else _of(context, part.origin)
        shown = Shown(part=part, text=Text(part.text), seen=said)
        return screen([shown], own, self.policy, masks)

    def hints(self, part: Part, context: Context, risks: Sequence[str]) -> bool:
        """Tell whether anything on the text itself speaks for one of these risks."""
        own = context if part.origin is context.origin else _of(context, part.origin)
        seen = self.look(Text(part.text), own)
        near = {one for risk in risks for one in family(risk)}
        return any(near.intersection(family(one.match.risk)) for one in seen.found)

    def window(self, context: Context, masks: Masks | None = None) -> Window:
        """Screen one choice of a streamed answer, and put the masked values of a session back."""

        def decide(text: str, seen: Seen) -> Screening:
            part = Part(text=text, origin=context.origin)
            return screen([Shown(part=part, text=Text(text), seen=seen)], context, policy, masks)

        policy = self.policy
        means = Means(
            gates=self._gates,
            active=self.active(context),
            always=self._fit(self._gates.ungated, context),
            reading=self._fit(self._gates.reading, context),
            look=self.look,
            decide=decide,
            waiting=_waiting(policy),
            restoring=masks.restoring() if masks else None,
        )
        return Window(means, context)

    @property
    def everyone(self) -> range:
        """The positions of all detectors, whether or not a rule hears them."""
        return range(len(self._detectors))

    def look(self, text: Text, context: Context, opened: Iterable[int] | None = None) -> Seen:
        """Ask about a text at once; only those detectors whose gates are known to be open."""
        if opened is None:
            return drained(self.looks(text, context))
        found: list[Found] = []
        troubles: list[Trouble] = []
        for detector in self._gates.named(opened):
            _heard(ask(detector, text, context), detector, found, troubles)
        return Seen(found=tuple(found), troubles=tuple(troubles)) if found or troubles else NOTHING

    def looks(
        self, text: Text, context: Context, late: Late = never
    ) -> Generator[None, None, Seen]:
        """Ask the detectors about a text, in pieces where it is large."""
        if len(text.original) <= CORE + REACH:
            return (yield from self._look(text, context, late))
        found: list[Found] = []
        troubles: dict[str, Trouble] = {}
        for core in _cores(len(text.original)):
            start = max(0, core.start - BEFORE)
            piece = Text(text.original[start : core.end + REACH])
            seen = yield from self._look(piece, context, late)
            found += _within(seen.found, core, start)
            troubles |= {trouble.detector: trouble for trouble in seen.troubles}
        return Seen(found=tuple(found), troubles=tuple(troubles.values()))

    def active(self, context: Context) -> frozenset[int]:
        """Give the positions of the detectors whose risks a rule answers here."""
        use_case = context.use_case if context.use_case in self.policy.of_use_case else ""
        key = (context.direction, context.origin, use_case)
        known = self._active.get(key)
        if known is None:
            known = frozenset(
                at
                for at, one in enumerate(self._detectors)
                if any(self._answered(risk, context) for risk in one.risks)
            )
            self._active[key] = known
        return known

    def _fit(self, positions: frozenset[int], context: Context) -> frozenset[int]:
        """Give those that are active and have something to hold a text against."""
        named = ((at, self._detectors[at]) for at in positions & self.active(context))
        return frozenset(
            at for at, one in named if not isinstance(one, Conditional) or one.applies(context)
        )

    def _answered(self, risk: str, context: Context) -> bool:
        rule = self.policy.rule(risk, context.direction, context.use_case)
        return rule is not None and context.origin in rule.thresholds

    def _look(self, text: Text, context: Context, late: Late) -> Generator[None, None, Seen]:
        active = self.active(context)
        try:
            asked = self._gates.asked(text, active)
        except Exception as error:  # noqa: BLE001 - boundary: what cannot be read was not screened
            risks = {risk for one in self._gates.named(active) for risk in one.risks}
            return Seen(troubles=(_trouble(READING, tuple(sorted(risks)), error),))
        return (yield from _answers(asked, text, context, late))


def _answers(
    asked: Iterable[Detector], text: Text, context: Context, late: Late = never
) -> Generator[None, None, Seen]:
    found: list[Found] = []
    troubles: list[Trouble] = []
    for detector in asked:
        if late():
            troubles.append(Trouble(detector=detector.name, risks=detector.risks, error=OVER_TIME))
            continue
        _heard(ask(detector, text, context), detector, found, troubles)
        yield
    return Seen(found=tuple(found), troubles=tuple(troubles))


def _heard(
    answer: Sequence[Match] | Trouble,
    detector: Detector,
    found: list[Found],
    troubles: list[Trouble],
) -> None:
    if isinstance(answer, Trouble):
        troubles.append(answer)
    elif answer:
        found += [Found(match=match, detector=detector.name) for match in answer]


def ask(detector: Detector, text: Text, context: Context) -> Sequence[Match] | Trouble:
    """Give the matches of a detector, or that it could not answer."""
    try:
        matches = detector.inspect(text, context)
    except Exception as error:  # noqa: BLE001 - boundary: its fail mode decides, and it is recorded
        return _trouble(detector.name, detector.risks, error)
    if not matches:
        return ()
    length = len(text.original)
    for match in matches:
        if not 0 <= match.start < match.end <= length:
            return Trouble(detector=detector.name, risks=detector.risks, error="OutOfText")
    return matches


def _trouble(name: str, risks: tuple[str, ...], error: Exception) -> Trouble:
    kind = error.kind if isinstance(error, Unable) else type(error).__name__
    return Trouble(detector=name, risks=risks, error=kind)


def _known(detectors: Sequence[Detector], policy: Policy) -> None:
    """A detector that speaks of a risk nobody has weighed would be heard by no rule.

    One that the policy names and nobody has loaded would see nothing, and nobody would know.
    """
    for one in detectors:
        for risk in one.risks:
            if policy.risk(risk) is None:
                raise UsageError("guard.unweighed", detector=one.name, risk=risk)
    given = {one.name for one in detectors}
    for code in policy.code:
        if code.name not in given:
            raise UsageError("guard.code_not_given", detector=code.name, file=code.file)


def _waiting(policy: Policy) -> Waiting:
    """Give how much of a stream waits.

    Somebody's own words, patterns and Python may look for anything, and a dictionary for names
    that no list holds: for them whole clauses wait.
    """
    if not policy.clauses:
        return Waiting.RUNS
    own = policy.lists or policy.code or policy.names == "dictionary"
    return Waiting.CLAUSES if own else Waiting.PHRASES


def _of(context: Context, origin: Origin) -> Context:
    return replace(context, origin=origin)


def _cores(length: int) -> Iterator[Span]:
    for start in range(0, length, CORE):
        yield Span(start, min(start + CORE, length))


def _within(found: Iterable[Found], core: Span, by: int) -> Iterator[Found]:
    """Give those that begin in the core, with their places in the whole text."""
    for one in found:
        if core.start <= one.match.start + by < core.end:
            yield Found(match=one.match.moved(by), detector=one.detector)
