"""The means of making one view from another, so that every place leads back to the original."""

from collections.abc import Callable, Iterable, Sequence

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.view import View
from tenken.pattern import Match, Pattern

Maker = Callable[[View], View | None]


def as_written(folded: str) -> View:
    """Give the view that every other one is made from."""
    size = len(folded)
    return View(name="", text=folded, starts=range(size), ends=range(1, size + 1))


def named(source: View, step: str) -> str:
    """Give the name of a view by the steps that lead to it, such as `base64+rot13`."""
    return f"{source.name}+{step}" if source.name else step


def same_length(source: View, step: str, text: str) -> View | None:
    """Give a view of as many characters; None where nothing has changed."""
    if text == source.text:
        return None
    return View(name=named(source, step), text=text, starts=source.starts, ends=source.ends)


def picked(source: View, step: str, text: str, places: Sequence[int]) -> View:
    """Give a view whose characters stand at these places of the source."""
    starts, ends = source.starts, source.ends
    return View(
        name=named(source, step),
        text=text,
        starts=[starts[place] for place in places],
        ends=[ends[place] for place in places],
    )


class Writing:
    """A view that is being written, piece by piece."""

    def __init__(self, source: View) -> None:
        self._source = source
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def copy(self, start: int, end: int) -> None:
        """Take characters of the source as they are."""
        self._pieces.append(self._source.text[start:end])
        self._starts += self._source.starts[start:end]
        self._ends += self._source.ends[start:end]

    def put(self, text: str, start: int, end: int) -> None:
        """Write what these characters of the source, all together, mean."""
        self._pieces.append(text)
        self._starts += [self._source.starts[start]] * len(text)
        self._ends += [self._source.ends[end - 1]] * len(text)

    def view(self, step: str) -> View:
        """Give what was written."""
        text = "".join(self._pieces)
        name = named(self._source, step)
        return View(name=name, text=text, starts=self._starts, ends=self._ends)


def replaced(
    source: View, step: str, pattern: Pattern, meaning: Callable[[Match], str | None]
) -> View | None:
    """Give the text with what was found replaced by its meaning; None where nothing had one."""
    writing, done, found = Writing(source), 0, False
    for match in pattern.finditer(source.text):
        meant = meaning(match)
        if meant is None:
            continue
        start, end = match.start(), match.end()
        writing.copy(done, start)
        writing.put(fold(meant), start, end)
        done, found = end, True
    writing.copy(done, len(source.text))
    return writing.view(step) if found else None


def in_small_letters(views: Iterable[View]) -> tuple[View, ...]:
    """Give the views as gates and rules read them."""
    return tuple(
        View(name=view.name, text=lower(view.text), starts=view.starts, ends=view.ends)
        for view in views
    )
