"""Builds HTML that is safe by construction: a `str` is always text, only `tag` makes markup.

>>> tag("p", "1 < 2", class_="sum").markup
'<p class="sum">1 &lt; 2</p>'
"""

from collections.abc import Iterable
from html import escape

from msgspec import Struct

from tenken.messages.speech import clean

PIECE = 500
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
# A page that nobody can steer: no address, style or script comes from an attribute made here.
REFUSED = frozenset({"action", "formaction", "href", "src", "srcdoc", "style"})
HOSTS = ("https://github.com/", "https://gitlab.com/")


class Html(Struct, frozen=True):
    """Markup made by this module."""

    markup: str


Child = Html | str | None
NOTHING = Html("")


def tag(name: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """Make an element; `class_` is `class`, `aria_label` is `aria-label`, True has no value."""
    return _element(name, children, attributes)


def link(target: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """Make a link within the page, or to a forge that we know."""
    if target.startswith(HOSTS):
        return _element("a", children, {**attributes, "rel": "noopener noreferrer"}, href=target)
    if not target.startswith("#"):
        raise ValueError(target)
    return _element("a", children, attributes, href=target)


def join(parts: Iterable[Child], between: Child = None) -> Html:
    """Put parts after another."""
    return Html(_markup(between).join(_markup(part) for part in parts))


def text(said: str) -> Html:
    """Make text of a string, whoever wrote it."""
    pieces = (clean(said[start : start + PIECE]) for start in range(0, len(said), PIECE))
    return Html(escape("".join(pieces), quote=True))


def own(markup: str) -> Html:
    """Take markup from our own data files; never anything else."""
    return Html(markup)


def _element(
    name: str,
    children: tuple[Child, ...],
    attributes: dict[str, str | bool | None],
    href: str | None = None,
) -> Html:
    shown = "".join(_attribute(key, value) for key, value in attributes.items())
    address = f' href="{escape(href, quote=True)}"' if href else ""
    if name in VOID:
        return Html(f"<{name}{address}{shown}>")
    inside = "".join(_markup(child) for child in children)
    return Html(f"<{name}{address}{shown}>{inside}</{name}>")


def _attribute(key: str, value: str | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if name in REFUSED or name.startswith("on"):
        raise ValueError(name)
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{text(value).markup}"'


def _markup(child: Child) -> str:
    match child:
        case None:
            return ""
        case Html(markup=markup):
            return markup
        case str():
            return text(child).markup
