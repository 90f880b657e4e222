"""A match of the guard is judged: by whom, when and why is on record, its text never."""

from tenken.console.changes.change import Done, Filled, refused, text
from tenken.console.showing.blocks import Card, Choice, Note, Page, Quote
from tenken.console.view import View
from tenken.keeper.reviewing import row_of_test
from tenken.store.browsing.lines import Key
from tenken.store.reviews import Item, Judgement, Reviews, Sought

WHY_MAX = 400
SAMPLE_MAX = 4000
VERDICTS = {"true": True, "false": False}


def address(one: Item) -> str:
    """Give what tells a match from all others, as an address may hold it."""
    return f"{Key(one.at, one.id, one.span).written()}-{one.number}"


def found_at(view: View, said: str) -> Item | None:
    """Give the match at an address; None where who looks may not see it, or there is none."""
    written, _, number = said.partition("-")
    key = Key.read(written)
    if key is None or not number.isascii() or not number.isdigit() or len(number) > 6:
        return None
    sought = Sought(actions=(), judged=None, use_cases=view.use_cases)
    found = Reviews(view.desk.engine).find(key.id, int(number), sought)
    return next((one for one in found if (one.at, one.span) == (key.at, key.span)), None)


def sought_of(view: View) -> Sought:
    """Give which matches are listed."""
    return Sought(
        risk=view.asked("risk"), rule=view.asked("rule"), judged=bool(view.asked("judged")),
        use_cases=view.use_cases,
    )  # fmt: skip


def judge(view: View, filled: Filled) -> Done:
    """Say whether a match was right, and go on to the next."""
    one = found_at(view, text(filled, "id", most=2000))
    if one is None:
        raise refused("nothing_there")
    is_true = VERDICTS.get(filled.get("verdict", ""))
    if is_true is None:
        raise refused("field_bad", name="verdict", most=5)
    why, sample = text(filled, "why", most=WHY_MAX), filled.get("sample", "").strip()
    if len(sample) > SAMPLE_MAX:
        raise refused("field_bad", name="sample", most=SAMPLE_MAX)
    said = Judgement(is_true=is_true, judged_by=view.visitor.name, judged_at=view.now, why=why)
    Reviews(view.desk.engine).judge((one,), said)
    onward = _next(view, filled, one)
    if sample:
        return Done(page=_row(view, row_of_test(one, sample, is_true=is_true), onward))
    return Done(to=onward, told="judged")


def _next(view: View, filled: Filled, judged: Item) -> str:
    """Give the next match of the same list that waits, the older ones first."""
    risk, rule = (filled.get(name, "")[:200] for name in ("risk", "rule"))
    sought = Sought(risk=risk, rule=rule, use_cases=view.use_cases)
    found = Reviews(view.desk.engine).items(sought, most=100)
    waiting = [one for one in found if address(one) != address(judged)]
    older = [one for one in waiting if one.at <= judged.at]
    following = next(iter([*older, *waiting]), None)
    to = f"/reviews/{address(following)}" if following else "/reviews"
    return view.at(to, risk=risk, rule=rule)


def _row(view: View, row: str, onward: str) -> Page:
    note = Note(text=view.say("sample_row"), href=onward, link=view.say("go_on"))
    quote = Quote(name="row", label="tenken guard test", text=row)
    return Page(
        name="reviews",
        title=view.say("told_judged"),
        cards=(Card(name="row", title=view.say("shown_once"), body=(quote, note)),),
        back=Choice(label=view.say("page_reviews"), href="/reviews", chosen=False),
    )
