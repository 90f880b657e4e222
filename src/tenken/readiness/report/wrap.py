"""Breaks lines by the cells a terminal gives them: a Japanese character takes two.

Latin words stay whole; Japanese breaks between any two characters, save that no line begins with
closing punctuation.
"""

from collections.abc import Iterator

from rich.cells import cell_len

NOT_FIRST = frozenset(
    "、。，．・：；？！」』）】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ)]},.:;?!"
)


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Break a text into lines of at most `width` cells; a longer word stays whole."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and cell_len(line) + cell_len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return tuple([*lines, line.rstrip()] if line.strip() else lines)


def shortened(text: str, cells: int) -> str:
    """Cut a text that is longer after a whole word, and show that it was cut."""
    if cell_len(text) <= cells:
        return text
    return f"{wrapped(text, cells - 2)[0].rstrip('、, ')} …"


def padded(text: str, width: int) -> str:
    """Fill a text with spaces up to `width` cells."""
    return text + " " * max(0, width - cell_len(text))


def _pieces(text: str) -> Iterator[str]:
    """Give what must stay whole: a word with its space, a wide character with its punctuation."""
    piece = ""
    for char in text:
        if piece and _breaks_before(piece[-1], char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _breaks_before(last: str, char: str) -> bool:
    if char in NOT_FIRST or char == " ":
        return False
    return last == " " or _wide(last) or _wide(char)


def _wide(char: str) -> bool:
    return cell_len(char) == 2
