"""The report as JSON, for other programs and for tenken itself: `diff`, `fleet`, baselines."""

from collections.abc import Iterable, Mapping

import msgspec

from tenken.evidence import Evidence, Grade, Measurement
from tenken.messages.speech import Speech, clean
from tenken.place import Place
from tenken.readiness.catalogue import Item, Remedy
from tenken.readiness.inspection import Action, Difference, Lost, Report
from tenken.readiness.report.actions import next_actions, remedy_for
from tenken.readiness.report.document import (
    SCHEMA,
    ActionEntry,
    AskedEntry,
    CatalogueEntry,
    ChangeEntry,
    DifferenceEntry,
    Document,
    EvidenceEntry,
    FindingEntry,
    GateEntry,
    GradeCode,
    ItemEntry,
    LeftOutEntry,
    LevelEntry,
    MeasurementEntry,
    RemedyEntry,
    RepositoryEntry,
    Said,
    SaidAt,
    SignatureEntry,
    SubEntry,
    TextEntry,
    ToolEntry,
    WaiverEntry,
)
from tenken.readiness.report.wording import Wording, visible
from tenken.readiness.signing.asking import only_exempts
from tenken.readiness.verdict import Signed, SubVerdict, Verdict, Waiver, Weighed
from tenken.sentence import Field, Sentence

CODES: Mapping[Grade, GradeCode] = {
    Grade.NONE: "E0",
    Grade.DECLARED: "E1",
    Grade.CONFIGURED: "E2",
    Grade.OBSERVED: "E3",
    Grade.EXERCISED: "E4",
}


def render(report: Report, speech: Speech) -> str:
    """Give the report as indented JSON."""
    return written(document(report, speech))


def written(value: object) -> str:
    """Encode as indented JSON in which nothing steers a terminal that shows it."""
    shown = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    if shown.replace("\n", "").isprintable():
        return f"{shown}\n"
    # A long text has few different characters: each is asked about once.
    escapes = {ord(char): _escaped(char) for char in set(shown)}
    return f"{shown.translate(escapes)}\n"


def _escaped(char: str) -> str:
    # Such a character stands inside a string only, where JSON has an escape for it.
    if char.isprintable() or char == "\n":
        return char
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def document(report: Report, speech: Speech) -> Document:
    """Give the report as plain, typed data in the language of the speech."""
    return _Writer(report, speech).document()


class _Writer:
    def __init__(self, report: Report, speech: Speech) -> None:
        self.report = report
        self.speech = speech
        self.names = Wording(speech)

    def document(self) -> Document:
        report = self.report
        return Document(
            schema=SCHEMA,
            tool=ToolEntry(name="tenken", version=report.tool_version),
            made_at=report.made_at,
            language=self.speech.language,
            service=clean(report.service),
            root=clean(report.root),
            tier=report.tier,
            stack=report.stack,
            manifest=_clean(report.manifest),
            repository=self._repository(),
            catalogue=self._catalogue(),
            level=self._level(),
            words=report.words,
            outcomes=report.outcomes,
            gate=self._gate(),
            items=tuple(self._items()),
            actions=tuple(self._action(action) for action in next_actions(report)),
            difference=difference_entry(report.difference) if report.difference else None,
            left_out=tuple(
                LeftOutEntry(path=clean(one.path), files=one.files, reason=one.reason)
                for one in report.left_out
            ),
            problems=tuple(
                self._at(one.sentence, Place(one.path, one.line)) for one in report.problems
            ),
            files_read=report.files_read,
            seconds=round(report.seconds, 3),
        )

    def _repository(self) -> RepositoryEntry:
        facts = self.report.repository
        return RepositoryEntry(
            commit=facts.commit,
            branch=_clean(facts.branch),
            dirty=facts.dirty,
            remote=_clean(facts.remote),
            shallow=facts.shallow,
            partial=facts.partial,
        )

    def _catalogue(self) -> CatalogueEntry:
        catalogue = self.report.catalogue
        return CatalogueEntry(
            digest=catalogue.digest,
            items=len(self.report.verdicts),
            extended_by=tuple(clean(name) for name in catalogue.extended_by),
        )

    def _level(self) -> LevelEntry:
        levels = self.report.levels
        return LevelEntry(
            application=levels.application,
            sections=levels.sections,
            capped_by=levels.capped_by,
        )

    def _gate(self) -> GateEntry:
        gate = self.report.gate
        stopped = tuple(self._said(sentence) for sentence in gate.stopped_by)
        return GateEntry(passed=gate.passed, asked=gate.asked, stopped_by=stopped)

    def _items(self) -> Iterable[ItemEntry]:
        return (
            self._item(section.id, item, self.report.verdict(item.id))
            for section in self.report.catalogue.sections
            for item in section.items
        )

    def _item(self, section: str, item: Item, verdict: Verdict) -> ItemEntry:
        return ItemEntry(
            id=item.id,
            section=section,
            title=self.names.both(item.title),
            decides=item.decides,
            hard_gate=item.hard_gate,
            outcome=verdict.outcome,
            word=verdict.word,
            grade=CODES[verdict.grade],
            needed_grade=CODES[verdict.needed],
            demanded_grade=CODES[item.demanded(self.report.tier)],
            underlying=verdict.underlying,
            awaits=verdict.awaits,
            expires_at=verdict.expires_at,
            subs=tuple(self._sub(sub) for sub in verdict.subs),
            findings=tuple(self._findings(verdict)),
            seen=tuple(self._at(remark.sentence, remark.place) for remark in verdict.seen),
            reasons=tuple(self._said(reason) for reason in verdict.reasons),
            evidence=tuple(self._evidence(weighed) for weighed in verdict.evidence),
            remedy=self._remedy(item, verdict),
            signed=_signed(verdict.signed),
            waiver=_waiver(verdict.waiver),
            asked=self._asked(item),
        )

    def _asked(self, item: Item) -> AskedEntry | None:
        rule = item.signature
        if rule is None:
            return None
        texts = self.report.to_sign.get(item.id, ())
        return AskedEntry(
            kind=rule.kind,
            role=clean(rule.role),
            max_days=rule.max_days,
            only_exempts=only_exempts(item),
            texts=tuple(
                TextEntry(path=clean(one.path), key=clean(one.key), sha256=one.sha256)
                for one in texts
            ),
        )

    def _sub(self, sub: SubVerdict) -> SubEntry:
        return SubEntry(
            id=sub.id,
            outcome=sub.outcome,
            grade=CODES[sub.grade],
            needed_grade=CODES[sub.needed],
            decides=sub.method,
            missing=tuple(self._said(sentence) for sentence in sub.missing),
        )

    def _findings(self, verdict: Verdict) -> Iterable[FindingEntry]:
        for finding in verdict.findings:
            said = self._at(finding.sentence, finding.place)
            yield FindingEntry(
                kind=finding.kind,
                id=said.id,
                text=said.text,
                fields=said.fields,
                path=said.path,
                line=said.line,
            )

    def _evidence(self, weighed: Weighed) -> EvidenceEntry:
        evidence: Evidence = weighed.evidence
        return EvidenceEntry(
            probe=evidence.probe,
            probe_version=evidence.probe_version,
            method=evidence.method,
            subs=evidence.subs,
            holding=evidence.answer.holding,
            grade=CODES[evidence.answer.grade],
            standing=weighed.standing,
            because=self._said(weighed.because) if weighed.because else None,
            observer=clean(weighed.observer),
            subjects={clean(kind): clean(value) for kind, value in evidence.subjects.items()},
            observed_at=evidence.observed_at,
            expires_at=evidence.expires_at,
            measurements=tuple(_measurement(one) for one in evidence.measurements),
            reproduce=clean(evidence.reproduce),
        )

    def _remedy(self, item: Item, verdict: Verdict) -> RemedyEntry | None:
        remedy = remedy_for(item, verdict)
        if remedy is None:
            return None
        text = self.names.both(remedy.text)
        return RemedyEntry(effort=remedy.effort, text=text, command=self._command(remedy))

    def _action(self, action: Action) -> ActionEntry:
        text = self.names.both(action.text)
        return ActionEntry(
            items=action.items, effort=action.effort, text=text, command=self._command(action)
        )

    def _command(self, deed: Remedy | Action) -> str | None:
        return self.names.command(deed.command) if deed.command else None

    def _said(self, sentence: Sentence) -> Said:
        return Said(id=sentence.id, text=visible(self.speech(sentence)), fields=_fields(sentence))

    def _at(self, sentence: Sentence, place: Place | None) -> SaidAt:
        return SaidAt(
            id=sentence.id,
            text=visible(self.speech(sentence)),
            fields=_fields(sentence),
            path=clean(place.path) if place else None,
            line=place.line if place else 0,
        )


def difference_entry(difference: Difference) -> DifferenceEntry:
    """Give what changed as plain, typed data."""
    return DifferenceEntry(
        since=difference.since,
        commit=difference.commit,
        lost=tuple(_change(one) for one in difference.lost),
        gained=tuple(_change(one) for one in difference.gained),
        new_items=difference.new_items,
        gone_items=difference.gone_items,
    )


def _change(lost: Lost) -> ChangeEntry:
    return ChangeEntry(item=lost.item, before=lost.before, after=lost.after)


def _fields(sentence: Sentence) -> dict[str, Field]:
    return {
        name: clean(value) if isinstance(value, str) else value for name, value in sentence.values
    }


def _measurement(measurement: Measurement) -> MeasurementEntry:
    return MeasurementEntry(
        name=clean(measurement.name),
        value=measurement.value,
        unit=clean(measurement.unit),
        n=measurement.n,
        low=measurement.low,
        high=measurement.high,
    )


def _signed(signed: Signed | None) -> SignatureEntry | None:
    if signed is None:
        return None
    return SignatureEntry(
        role=clean(signed.role),
        name=clean(signed.name),
        statement=visible(signed.statement),
        signed_at=signed.signed_at,
        expires_on=signed.expires_on,
    )


def _waiver(waiver: Waiver | None) -> WaiverEntry | None:
    if waiver is None:
        return None
    return WaiverEntry(
        reason=visible(waiver.reason), owner=clean(waiver.owner), expires_on=waiver.expires_on
    )


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)
