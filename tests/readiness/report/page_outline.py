"""Reads a page as a browser would, as far as its structure goes."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class Element:
    """A start tag."""

    name: str
    attributes: dict[str, str | None]
    inside: tuple[str, ...] = ()


@dataclass
class Outline(HTMLParser):
    """Every element, every text, and whether all tags are closed in order."""

    elements: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(Element(tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost element is closed."""
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        """Note a text, apart from scripts and styles."""
        if self.open and self.open[-1] in {"script", "style"}:
            self.raw.setdefault(self.open[-1], []).append(data)
        else:
            self.texts.append(data)

    def named(self, name: str) -> list[Element]:
        """Give every element of a name."""
        return [element for element in self.elements if element.name == name]

    def values(self, attribute: str) -> list[str]:
        """Give every value of an attribute."""
        return [str(e.attributes[attribute]) for e in self.elements if attribute in e.attributes]


def outline(markup: str) -> Outline:
    """Read a page."""
    parsed = Outline()
    parsed.feed(markup)
    parsed.close()
    return parsed
