"""The badge: the standing in one line as a small picture; never a percentage."""

from rich.cells import cell_len

from tenken.messages.speech import Speech
from tenken.readiness.inspection import Report
from tenken.readiness.report.html.elements import Html, tag
from tenken.readiness.report.standing import badge_text

CELL = 6.2
PADDING = 14
HEIGHT = 20
LEFT = "tenken"
FONT = "Verdana,'Noto Sans JP','Hiragino Sans',sans-serif"
# White on each has a contrast of at least 4.5.
COLOURS = ("#a12a1f", "#8a5200", "#0d5f7a", "#17683b", "#17683b")


def render(report: Report, speech: Speech) -> str:
    """Give the badge as SVG."""
    said = badge_text(report, speech)
    left, right = _width(LEFT), _width(said)
    picture = tag(
        "svg",
        tag("title", f"{LEFT}: {said}"),
        _box(0, left, "#3d444b"),
        _box(left, right, COLOURS[report.levels.application]),
        _text(LEFT, left / 2),
        _text(said, left + right / 2),
        xmlns="http://www.w3.org/2000/svg",
        width=f"{left + right}",
        height=f"{HEIGHT}",
        viewBox=f"0 0 {left + right} {HEIGHT}",
        role="img",
        aria_label=f"{LEFT}: {said}",
    )
    return f"{picture.markup}\n"


def _width(said: str) -> int:
    return round(cell_len(said) * CELL) + PADDING


def _box(start: int, width: int, colour: str) -> Html:
    return tag("rect", x=f"{start}", width=f"{width}", height=f"{HEIGHT}", fill=colour)


def _text(said: str, middle: float) -> Html:
    return tag(
        "text",
        said,
        x=f"{middle:g}",
        y="14",
        fill="#fff",
        text_anchor="middle",
        # Whatever font is there, the text fills its box.
        textLength=f"{_width(said) - PADDING}",
        font_family=FONT,
        font_size="11",
    )
