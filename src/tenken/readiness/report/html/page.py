"""The whole report as one HTML file that asks nothing of any network."""

from collections.abc import Iterator

from tenken.messages.speech import Speech
from tenken.place import Place
from tenken.readiness.inspection import Report
from tenken.readiness.report.html import summary
from tenken.readiness.report.html.elements import NOTHING, Html, join, link, tag
from tenken.readiness.report.html.items import items
from tenken.readiness.report.html.matrix import matrix
from tenken.readiness.report.html.shell import page, skip_link
from tenken.readiness.report.html.view import View, table
from tenken.readiness.report.standing import badge_text

MOST_LEFT_OUT = 200


def render(report: Report, speech: Speech) -> str:
    """Give the page."""
    view = View(report, speech)
    main = tag(
        "main",
        summary.head(view),
        tag("div", summary.findings(view), summary.actions(view), class_="pair"),
        matrix(view),
        tag("div", summary.changes(view), summary.expires(view), class_="pair"),
        items(view),
        _problems(view),
        _left_out(view),
        id="main",
    )
    title = f"{report.service} · {badge_text(report, speech)} · tenken"
    return page(
        speech, title, skip_link(speech), _nav(view), main, _foot(view), script="report.js"
    )


def _nav(view: View) -> Html:
    targets = [
        ("findings", "nav_findings"),
        ("actions", "nav_actions"),
        ("sections", "nav_sections"),
        ("items", "nav_items"),
    ]
    entries = (tag("li", link(f"#{target}", view.say(id_))) for target, id_ in targets)
    numbers = (
        tag("li", link(f"#section-{one.id}", one.id, title=view.names.both(one.title), class_="n"))
        for one in view.report.catalogue.sections
    )
    return tag(
        "nav",
        link("#main", "tenken ", tag("span", "点検", lang="ja"), class_="brand"),
        tag("ul", *entries, *numbers),
        class_="bar",
        aria_label=view.say("navigation"),
    )


def _problems(view: View) -> Html:
    problems = view.report.problems
    if not problems:
        return NOTHING
    listed = (
        tag("li", view.place(Place(one.path, one.line)), " ", view.told(one.sentence))
        for one in problems
    )
    return tag(
        "section",
        tag("h2", view.say("heading_problems"), tag("span", str(len(problems)), class_="count")),
        tag("ul", *listed),
        class_="card",
        id="problems",
    )


def _left_out(view: View) -> Html:
    left_out = view.report.left_out
    if not left_out:
        return NOTHING
    rows = (
        (tag("code", one.path), view.names.left_out(one.reason), f"{one.files:,}")
        for one in left_out[:MOST_LEFT_OUT]
    )
    heads = [view.say(head) for head in ("column_path", "column_reason", "column_files")]
    rest = len(left_out) - MOST_LEFT_OUT
    return tag(
        "section",
        tag("h2", view.say("heading_left_out"), tag("span", str(len(left_out)), class_="count")),
        tag("p", view.say("left_out_lead")),
        tag(
            "details",
            tag("summary", view.say("show_list")),
            table(view.say("heading_left_out"), heads, rows),
            class_="more",
        ),
        tag("p", view.say("and_more", count=rest)) if rest > 0 else None,
        class_="card",
        id="left-out",
    )


def _foot(view: View) -> Html:
    return tag("footer", *(tag("p", line) for line in _foot_lines(view)))


def _foot_lines(view: View) -> Iterator[Html | str]:
    report = view.report
    yield view.say("read_in", files=report.files_read, seconds=f"{report.seconds:.1f}")
    yield join([view.say("checklist_digest"), " ", tag("code", report.catalogue.digest)])
    if report.catalogue.extended_by:
        yield view.say("extended_by", names=", ".join(report.catalogue.extended_by))
    yield view.say("reading_help")
