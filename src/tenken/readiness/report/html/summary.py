"""The first screen of the page: where it stands, what is not true, what to do next."""

from datetime import timedelta

from tenken.evidence import Grade
from tenken.readiness.inspection import Action, Lost
from tenken.readiness.levels import CAP
from tenken.readiness.report.actions import next_actions
from tenken.readiness.report.html.elements import NOTHING, Html, join, link, tag
from tenken.readiness.report.html.view import View, coded, item_link, prompt
from tenken.readiness.report.standing import Expiring, expiring, git_state, since_then, stopped_by
from tenken.readiness.report.telling import Told, because, gaps, lies, once, told
from tenken.readiness.report.wording import GLYPHS, day, minute
from tenken.readiness.verdict import Outcome, Word

SOON = timedelta(days=30)
FIRST_FINDINGS = 6
FIRST_ACTIONS = 5
FIRST_REASONS = 3


def head(view: View) -> Html:
    """The name, the level, the five words."""
    report = view.report
    meta = (
        view.names.tier(report.tier),
        git_state(report, view.speech),
        minute(report.made_at),
        view.say("version", version=report.tool_version),
    )
    return tag(
        "header",
        tag("p", view.say("kicker"), class_="kicker"),
        tag("h1", report.service),
        tag("p", join(tag("span", one) for one in meta), class_="meta"),
        tag("div", _level(view), _words(view), class_="standing"),
        _asides(view),
        _gate(view),
        class_="head",
    )


def findings(view: View) -> Html:
    """What looks done and is not, and below it what was seen to be missing; the rest folded."""
    every = once(told(view.report))
    false = lies(every)
    missing = _told(view, "gaps", gaps(every), FIRST_FINDINGS - len(false))
    lead = None if false else tag("p", view.say("nothing_false"), class_="calm")
    return tag(
        "section",
        _told(view, "findings", false, FIRST_FINDINGS),
        lead,
        missing,
        class_="card wide",
        id="findings",
    )


def _told(view: View, heading: str, every: tuple[Told, ...], room: int) -> Html | None:
    if not every or room <= 0:
        return None
    listed = [_finding(view, one) for one in every]
    title = tag("h2", view.say(f"heading_{heading}"), _counted(every))
    return join((title, _folded(view, listed, room, "findings")))


def actions(view: View) -> Html:
    """What to do next."""
    every, seen = next_actions(view.report), once(told(view.report))
    above = (*lies(seen), *gaps(seen))[:FIRST_FINDINGS]
    shown = [_action(view, one, because(seen, one.items, above)) for one in every]
    return tag(
        "section",
        tag("h2", view.say("heading_actions"), _counted(every)),
        None if every else tag("p", view.say("nothing_to_do"), class_="calm"),
        _folded(view, shown, FIRST_ACTIONS, "actions"),
        class_="card",
        id="actions",
    )


def expires(view: View) -> Html:
    """What runs out soon."""
    soon = expiring(view.report, within=SOON)
    if not soon:
        return NOTHING
    return tag(
        "section",
        tag("h2", view.say("heading_expires"), _counted(soon)),
        tag("ul", *(_expiring(view, one) for one in soon), class_="plain"),
        class_="card",
        id="expires",
    )


def changes(view: View) -> Html:
    """What changed since the last report."""
    since = view.report.difference
    if since is None:
        return NOTHING
    line = since_then(since, view.speech)
    moved = [*(_moved(view, one, "lost") for one in since.lost)]
    moved += [_moved(view, one, "gained") for one in since.gained]
    listed = [
        tag("p", view.say(id_, items=", ".join(items)))
        for id_, items in (("new_items", since.new_items), ("gone_items", since.gone_items))
        if items
    ]
    return tag(
        "section",
        tag("h2", view.say("heading_difference")),
        tag("p", line),
        tag("ul", *moved, class_="plain") if moved else None,
        *listed,
        class_="card",
        id="changes",
    )


def _level(view: View) -> Html:
    reached = view.report.levels.application
    said = view.say("level_of", level=reached, top=int(max(Grade)))
    steps = (
        tag("li", view.names.grade(grade), class_="reached" if grade <= reached else "")
        for grade in Grade
        if grade
    )
    capped = view.report.levels.capped_by
    return tag(
        "div",
        tag("p", said, class_="level-word"),
        tag("ol", *steps, class_="rungs", aria_hidden="true"),
        tag("p", view.say("held_back_short", cap=CAP), " ", view.item_links(capped), class_="held")
        if capped
        else None,
        class_="level-box",
    )


def _words(view: View) -> Html:
    tiles = (
        tag(
            "li",
            link(
                "#items",
                tag("span", GLYPHS[word], class_="glyph", aria_hidden="true"),
                tag("b", str(count)),
                tag("span", view.names.word(word), class_="name"),
                data_show=f"word:{word.value}",
                class_=f"tile {word.value}",
            ),
        )
        for word, count in view.report.words.items()
    )
    return tag("ul", *tiles, class_="words")


def _asides(view: View) -> Html:
    outcomes = view.report.outcomes
    said = [
        view.say(id_, count=outcomes[outcome])
        for outcome, id_ in ((Outcome.WAIVED, "waived_too"), (Outcome.ERROR, "errors_too"))
        if outcomes[outcome]
    ]
    if view.report.manifest is None:
        said.append(view.say("no_manifest"))
    return join(tag("p", line, class_="aside") for line in map(coded, said))


def _gate(view: View) -> Html:
    gate = view.report.gate
    if not gate.asked:
        return tag("p", view.say("gate_not_asked"), class_="aside")
    if gate.passed:
        said = view.say("gate_passed", asked=", ".join(gate.asked))
        return tag("p", GLYPHS[Word.PROVED], " ", said, class_="gate proved")
    reasons = [tag("li", coded(one)) for one in stopped_by(view.report, view.speech)]
    title = tag("p", GLYPHS[Word.NOT_MET], " ", view.say("gate_failed"))
    return tag("div", title, _folded(view, reasons, FIRST_REASONS, ""), class_="gate not_met")


def _counted(every: tuple[object, ...]) -> Html | None:
    return tag("span", str(len(every)), class_="count") if every else None


def _folded(view: View, shown: list[Html], first: int, name: str) -> Html:
    if not shown:
        return NOTHING
    rest = shown[first:]
    look = f"plain {name}" if name else None
    more = tag(
        "details",
        tag("summary", view.say("and_more", count=len(rest))),
        tag("ul", *rest, class_=look),
        class_="more",
    )
    return join([tag("ul", *shown[:first], class_=look), more if rest else None])


def _finding(view: View, one: Told) -> Html:
    place = view.place(one.finding.place)
    more = view.say("more_places", count=one.elsewhere) if one.elsewhere else ""
    return tag(
        "li",
        tag("p", view.told(one.finding.sentence), class_="said"),
        tag("p", place, f" {more}" if more else None, class_="where") if place else None,
        tag("p", view.item_links(one.items), class_="concerns"),
        class_=one.finding.kind.value,
    )


def _action(view: View, action: Action, seen: Told | None) -> Html:
    several = len(action.items) > 1 and action.command
    said = (
        view.say("action_several", count=len(action.items)) if several else view.both(action.text)
    )
    return tag(
        "li",
        tag("span", view.names.effort(action.effort), class_=f"effort {action.effort}"),
        tag(
            "div",
            tag("p", said),
            tag("p", prompt(view.names.command(action.command))) if action.command else None,
            _because(view, seen) if seen and not action.command else None,
            tag("p", view.item_links(action.items), class_="concerns"),
        ),
    )


def _because(view: View, seen: Told) -> Html:
    said, place = view.told(seen.finding.sentence), view.place(seen.finding.place)
    return tag("p", "→ ", said, " ", place, class_="where")


def _expiring(view: View, one: Expiring) -> Html:
    shown = day(one.at)
    when = view.say("expired_item", day=shown) if one.over else shown
    title = view.title(one.item)
    return tag("li", tag("span", when, class_="day"), " ", item_link(one.item.id), " ", title)


def _moved(view: View, one: Lost, how: str) -> Html:
    item = view.items.get(one.item)
    before, after = view.names.outcome(one.before), view.names.outcome(one.after)
    return tag(
        "li",
        tag("span", "▼" if how == "lost" else "▲", class_=f"move {how}", aria_hidden="true"),
        " ",
        item_link(one.item),
        " ",
        view.title(item) if item else None,
        tag("span", f" {before} → {after}", class_="moved"),
    )
