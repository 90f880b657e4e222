"""HTML of what pages say: templates of ours alone, in which every value is escaped."""

from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tenken.console.routes import PAGES
from tenken.console.showing import markup
from tenken.console.showing.blocks import Asked, Chart, Choice, Kind, Page, Row, Table, Value
from tenken.console.showing.charts import Drawing, drawing
from tenken.console.showing.words import Words, visible_lines
from tenken.console.view import View
from tenken.console.web import reading
from tenken.messages.speech import Language, Speech

ASSETS = ("console.css", "console.js", "htmx.min.js")
TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


@lru_cache(maxsize=8)
def asset(name: str) -> bytes:
    """Give a file of ours."""
    return (files("tenken.console") / "assets" / name).read_bytes()


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Give the templates; a name that nobody gave is an error, never an empty place."""
    environment = Environment(
        loader=PackageLoader("tenken.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = markup.prose
    environment.filters["lines"] = visible_lines
    for name in environment.list_templates():
        environment.get_template(name)  # read once, before anybody waits for a page
    return environment


class Drawn:
    """What templates are given beside the page: only what decides nothing."""

    def __init__(self, speech: Speech, words: Words) -> None:
        self.words = words
        self._speech = speech

    def say(self, id: str, /, **fields: str | int) -> str:  # noqa: A002 - positional only
        """Say a sentence of the console."""
        return self._speech.text(f"console.{id}", **fields)

    def drawing(self, chart: Chart, *, wide: bool) -> Drawing:
        """Decide how a chart is drawn."""
        return drawing(chart, self.words, wide=wide)

    def marks(self, drawn: Drawing) -> Markup:
        """Give what is inside of a chart's picture."""
        return markup.marks(drawn)

    def moments(self, chart: Chart, drawn: Drawing) -> Markup:
        """Give the rows of the table beside a chart."""
        return markup.moments(chart, drawn)

    def cell(self, value: Value, kind: Kind) -> Markup:
        """Give a value as its kind looks."""
        return markup.value(self.words, value, kind)

    def cells(self, table: Table, row: Row, acts: list[Row]) -> Markup:
        """Give what a row holds; where rows have something to do, with the names of its cells."""
        return markup.cells(self.words, table, row, labelled=bool(acts))


def page(
    request: Request, view: View, shown: Page, *, told: str = "", status: int = 200
) -> HTMLResponse:
    """Give a page with everything around it."""
    drawn = Drawn(view.speech, view.words)
    nav = [(one.name, one.path) for one in PAGES if one.listed and one.open_to(view.visitor)]
    html = templates().get_template("page.html").render(
        **_around(request, view.speech.language),
        page=shown, drawn=drawn, say=drawn.say, words=view.words, nav=nav,
        csrf=view.visitor.csrf, visitor=view.visitor, told=told, now=view.now,
        application=view.manifest.application.application.name,
        others=view.desk.others, query=view.here(), path=request.url.path, window=view.window_name,
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def door(
    request: Request, name: str, *, said: str = "", status: int = 200,
    fields: tuple[Asked, ...] = (), back: str = "/", other: Choice | None = None,
) -> HTMLResponse:  # fmt: skip
    """Give a page for somebody who is not in yet, or cannot be."""
    speech = Speech(reading.language(request))

    def say(id: str, /, **given: str | int) -> str:  # noqa: A002 - positional only
        return speech.text(f"console.{id}", **given)

    html = templates().get_template("door.html").render(
        **_around(request, speech.language), name=name, said=said, fields=fields, say=say,
        back=reading.local(back), other=other,
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def again(request: Request) -> HTMLResponse:
    """Let a browser come again, from our own page: then it brings its cookie.

    A link in a chat leads here from another site, where a strict cookie stays at home.
    """
    html = templates().get_template("again.html")
    return HTMLResponse(html.render(**_around(request, reading.language(request))))


def _around(request: Request, language: Language) -> dict[str, object]:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.url.path.startswith("/login/"):
        here = "/login"  # a way back from a provider leads there once, and its code is on no page
    return {
        "language": language.value,
        "theme": reading.theme(request),
        "here": reading.local(here) if request.method == "GET" else request.url.path,
    }
