"""What stands behind an item: verdict, why it is green, what is missing, what would prove it."""

from collections.abc import Iterator, Sequence

from tenken.evidence import Evidence, Finding, Measurement
from tenken.readiness.catalogue import Guide, Item
from tenken.readiness.report.actions import remedy_for
from tenken.readiness.report.html.elements import Child, Html, join, tag
from tenken.readiness.report.html.view import LOOKS, View, coded, prompt, table
from tenken.readiness.report.standing import reasons
from tenken.readiness.report.wording import day, minute
from tenken.readiness.verdict import Standing, SubVerdict, Verdict, Weighed


def parts(view: View, item: Item, verdict: Verdict) -> Iterator[Html]:
    """Everything about an item, in the order in which it is read."""
    yield tag("p", view.both(item.explanation), class_="explanation")
    yield tag("p", view.both(item.why), class_="why")
    yield _verdict(view, item, verdict)
    yield from _people(view, verdict)
    yield from _findings(view, verdict)
    yield from _seen(view, verdict)
    yield from _missing(view, verdict)
    yield from _remedy(view, item, verdict)
    yield from _subs(view, item, verdict)
    yield from _evidence(view, verdict)
    yield from _cheats(view, item)
    yield from _guides(view, item)
    yield from _mappings(view, item)


def _part(title: str, *inside: Child, look: str = "") -> Html:
    return tag("div", tag("h5", title), *inside, class_=f"part {look}".strip())


def _verdict(view: View, item: Item, verdict: Verdict) -> Html:
    names, report = view.names, view.report
    rows: list[tuple[str, Child]] = [
        (view.say("fact_outcome"), view.standing(verdict)),
        (view.say("fact_grade"), names.grade(verdict.grade)),
        (view.say("fact_needed"), names.grade(verdict.needed)),
        (view.say("fact_decided_by"), names.method(item.decides)),
        (view.say("fact_demanded", tier=report.tier), names.grade(item.demanded(report.tier))),
    ]
    if verdict.underlying:
        rows.append((view.say("fact_underlying"), names.outcome(verdict.underlying)))
    if verdict.expires_at:
        rows.append((view.say("fact_expires"), day(verdict.expires_at)))
    return tag("dl", *(_fact(name, value) for name, value in rows), class_="facts")


def _fact(name: str, value: Child) -> Html:
    return tag("div", tag("dt", name), tag("dd", value))


def _people(view: View, verdict: Verdict) -> Iterator[Html]:
    if verdict.awaits:
        said = view.say("awaits", role=view.names.role(verdict.awaits))
        yield tag("p", said, class_="people needs_sign_off")
    if signed := verdict.signed:
        said = view.say(
            "signed_by",
            name=signed.name,
            role=view.names.role(signed.role),
            day=day(signed.signed_at),
            until=day(signed.expires_on),
        )
        yield tag("p", said, " ", tag("q", signed.statement), class_="people proved")
    if waiver := verdict.waiver:
        until = day(waiver.expires_on)
        said = view.say("waived_by", owner=waiver.owner, until=until, reason=waiver.reason)
        yield tag("p", said, class_="people not_met")


def _findings(view: View, verdict: Verdict) -> Iterator[Html]:
    if verdict.findings:
        listed = (
            tag("li", *_finding(view, finding), class_=finding.kind.value)
            for finding in verdict.findings
        )
        yield _part(view.say("part_findings"), tag("ul", *listed, class_="plain findings"))


def _finding(view: View, finding: Finding) -> Iterator[Html]:
    kind = tag("span", view.names.kind(finding.kind), class_=f"kind {finding.kind.value}")
    yield tag("p", view.told(finding.sentence), class_="said")
    yield tag("p", kind, " ", view.place(finding.place), class_="where")


def _seen(view: View, verdict: Verdict) -> Iterator[Html]:
    if not verdict.seen:
        return
    title = view.say("part_why_green" if verdict.outcome.passes else "part_seen")
    listed = (
        tag("li", view.told(remark.sentence), " ", view.place(remark.place))
        for remark in verdict.seen
    )
    yield _part(title, tag("ul", *listed, class_="seen"))


def _missing(view: View, verdict: Verdict) -> Iterator[Html]:
    if missing := reasons(verdict):
        listed = (tag("li", view.told(reason)) for reason in missing)
        yield _part(view.say("part_missing"), tag("ul", *listed))


def _remedy(view: View, item: Item, verdict: Verdict) -> Iterator[Html]:
    remedy = remedy_for(item, verdict)
    if remedy is None:
        return
    effort = tag("span", view.names.effort(remedy.effort), class_=f"effort {remedy.effort}")
    command = tag("p", prompt(view.names.command(remedy.command))) if remedy.command else None
    text = tag("p", effort, " ", view.both(remedy.text))
    yield _part(view.say("part_remedy"), text, command, look="remedy")


def _subs(view: View, item: Item, verdict: Verdict) -> Iterator[Html]:
    if not item.subs:
        return
    titles = {sub.id: view.names.both(sub.title) for sub in item.subs}
    rows = [_sub(view, sub, titles.get(sub.id, sub.id)) for sub in verdict.subs]
    heads = ("column_sub", "column_outcome", "column_grade", "column_decides", "column_missing")
    yield _part(
        view.say("part_subs"),
        table(view.say("part_subs"), [view.say(head) for head in heads], rows),
    )


def _sub(view: View, sub: SubVerdict, title: str) -> Sequence[Html | str | None]:
    outcome = tag(
        "span", view.names.outcome(sub.outcome), class_=f"outcome {LOOKS[sub.outcome].value}"
    )
    grade = f"{view.names.grade(sub.grade)} / {view.names.grade(sub.needed)}"
    missing = join(tag("p", view.told(sentence)) for sentence in sub.missing)
    return (f"({sub.id}) {title}", outcome, grade, view.names.method(sub.method), missing)


def _evidence(view: View, verdict: Verdict) -> Iterator[Html]:
    if not verdict.evidence:
        return
    heads = (
        "column_probe",
        "column_answer",
        "column_grade",
        "column_method",
        "column_observed",
        "column_expires",
    )
    rows = [_evidence_row(view, weighed) for weighed in verdict.evidence]
    yield _part(
        view.say("part_evidence"),
        table(view.say("part_evidence"), [view.say(head) for head in heads], rows),
    )


def _evidence_row(view: View, weighed: Weighed) -> Sequence[Html | str | None]:
    one: Evidence = weighed.evidence
    expires = day(one.expires_at) if one.expires_at else view.say("this_commit")
    return (
        join([tag("code", one.probe), *_measured(one.measurements)]),
        join([view.names.holding(one.answer.holding), *_standing(view, weighed)]),
        f"{view.names.grade(one.answer.grade)} (E{int(one.answer.grade)})",
        view.names.method(one.method),
        minute(one.observed_at),
        expires,
    )


def _standing(view: View, weighed: Weighed) -> Iterator[Html]:
    if weighed.standing is not Standing.COUNTS:
        yield tag("p", view.names.standing(weighed.standing), class_="standing-word")
    if weighed.because:
        yield tag("p", view.told(weighed.because))
    if weighed.observer:
        yield tag("p", view.say("observed_by", observer=weighed.observer))


def _measured(measurements: Sequence[Measurement]) -> Iterator[Html]:
    for one in measurements:
        span = (
            f" [{one.low:g}, {one.high:g}]" if one.low is not None and one.high is not None else ""
        )
        yield tag(
            "p", f"{one.name} = {one.value:g} {one.unit}{span}, n = {one.n}", class_="figure"
        )


def _cheats(view: View, item: Item) -> Iterator[Html]:
    if item.cheats:
        listed = (tag("li", view.both(cheat.text)) for cheat in item.cheats)
        yield _part(view.say("part_cheats"), tag("ul", *listed))


def _guides(view: View, item: Item) -> Iterator[Html]:
    first = (
        view.report.stack if view.report.stack in item.guides else next(iter(item.guides), None)
    )
    if first is None:
        return
    others = [name for name in item.guides if name != first]
    more = tag(
        "details",
        tag("summary", view.say("other_stacks", stacks=", ".join(map(view.names.stack, others)))),
        *(_guide(view, name, item.guides[name]) for name in others),
        class_="more",
    )
    yield _part(
        view.say("part_guide"), _guide(view, first, item.guides[first]), more if others else None
    )


def _guide(view: View, stack: str, guide: Guide) -> Html:
    text = view.speech.choose(ja=guide.ja, en=guide.en)
    return tag(
        "div",
        tag("p", tag("b", view.names.stack(stack)), " ", coded(text)),
        tag("p", view.say("where"), " ", coded(view.names.where(guide)), class_="where"),
        class_="guide",
    )


def _mappings(view: View, item: Item) -> Iterator[Html]:
    if item.mappings:
        listed = (
            tag("li", f"{view.names.mapping(scheme)}: {', '.join(entries)}")
            for scheme, entries in item.mappings.items()
        )
        yield _part(view.say("part_mappings"), tag("ul", *listed))
