"""One sheet per item that needs a signature, for people who do not read repositories.

A sheet says what is asked, why it matters, what the inspection saw and what it cannot judge, for
how long a signature counts, and how it is given. Printed, every sheet is a page.
"""

from collections.abc import Iterable, Iterator

from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Item, Signature, SignatureKind
from tenken.readiness.inspection import Report
from tenken.readiness.report.html.elements import Html, tag
from tenken.readiness.report.html.shell import page, skip_link
from tenken.readiness.report.html.view import View, prompt
from tenken.readiness.report.standing import git_state, reasons
from tenken.readiness.report.wording import day
from tenken.readiness.verdict import Verdict

ASKS = frozenset({SignatureKind.DECIDES, SignatureKind.COSIGN})
MOST_SEEN = 8

SIGN = "tenken sign {item} --name {name} --email {email}"


def render(report: Report, speech: Speech, items: Iterable[str] = ()) -> str:
    """Give the sheets of the items named, else of all that need a signature and lack one."""
    view = View(report, speech)
    named = frozenset(items)
    sheets = [
        _sheet(view, item, item.signature)
        for item in report.catalogue.items
        if item.signature and (item.id in named if named else _lacks(view, item, item.signature))
    ]
    empty = None if sheets else tag("p", view.say("brief_none"), class_="calm")
    title = view.say("brief_title", service=report.service)
    head = tag(
        "header", tag("h1", title), tag("p", view.say("brief_lead"), class_="meta"), class_="head"
    )
    main = tag("main", head, empty, *sheets, id="main")
    return page(speech, f"{title} · tenken", skip_link(speech), main)


def _lacks(view: View, item: Item, signature: Signature) -> bool:
    return signature.kind in ASKS and view.verdicts[item.id].signed is None


def _sheet(view: View, item: Item, signature: Signature) -> Html:
    verdict = view.verdicts[item.id]
    title = f"{item.id} {view.title(item)}"
    return tag(
        "article",
        tag("p", _origin(view), class_="kicker"),
        tag("h2", title),
        tag("p", view.badge(verdict)),
        *_asked(view, item),
        *_seen(view, verdict),
        *_signing(view, item, signature),
        class_="sheet",
        aria_label=title,
    )


def _origin(view: View) -> str:
    report = view.report
    return f"{report.service} · {git_state(report, view.speech)} · {day(report.made_at)}"


def _asked(view: View, item: Item) -> Iterator[Html]:
    yield from _part(view, "brief_asked", tag("p", view.both(item.explanation)))
    yield from _part(view, "brief_why", tag("p", view.both(item.why)))


def _seen(view: View, verdict: Verdict) -> Iterator[Html]:
    remarks = [
        tag("li", view.told(one.sentence), " ", view.place(one.place))
        for one in verdict.seen[:MOST_SEEN]
    ]
    nothing = tag("p", view.say("brief_nothing_seen"))
    yield from _part(view, "part_seen", tag("ul", *remarks) if remarks else nothing)
    against = [
        tag("li", view.told(one.sentence), " ", view.place(one.place)) for one in verdict.findings
    ]
    against += [tag("li", view.told(reason)) for reason in reasons(verdict)]
    if against:
        yield from _part(view, "brief_against", tag("ul", *against[:MOST_SEEN]))


def _signing(view: View, item: Item, signature: Signature) -> Iterator[Html]:
    role = view.names.role(signature.role)
    terms = (
        view.names.signature(signature.kind),
        view.say("brief_who", role=role),
        view.say("brief_how_long", days=signature.max_days),
        view.say("brief_void"),
    )
    listed = tag("ul", *(tag("li", term) for term in terms))
    yield from _part(view, "brief_meaning", listed)
    says = "--statement {statement}" if signature.kind in ASKS else "--not-needed {reason}"
    command = view.names.command(f"{SIGN.replace('{item}', item.id)} {says}")
    yield from _part(view, "brief_how", tag("p", prompt(command)))
    lines = ("brief_fits", "brief_does_not_fit", "brief_day")
    yield tag("div", *(tag("span", view.say(line)) for line in lines), class_="signing")


def _part(view: View, title: str, inside: Html) -> Iterator[Html]:
    yield tag("h3", view.say(title))
    yield inside
