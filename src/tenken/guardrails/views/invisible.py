"""Characters that a reader does not see: between letters to break a word, or as a whole message.

Tag characters and runs of variation selectors can carry any text behind a harmless one: models
read it, people cannot. The ranges are the default-ignorable code points of Unicode 16 (its file
DerivedCoreProperties) that have been used so.
"""

from tenken.guardrails.folding import fold
from tenken.guardrails.view import View
from tenken.guardrails.views.reading import Writing
from tenken.pattern import Match, Pattern

UNSEEN_RANGES = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
UNSEEN = "".join(rf"\x{{{first:04X}}}-\x{{{last:04X}}}" for first, last in UNSEEN_RANGES)
"""For a class of characters in a pattern."""
TAGS = r"[\x{E0020}-\x{E007E}]{4,}"
SELECTORS = r"[\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]{8,}"
FLAG = "\U0001f3f4"
"""A black flag and tags are the flag of a region, such as Scotland's: no message."""
FLAG_LONGEST = 7
_HIDDEN = Pattern(f"{TAGS}|{SELECTORS}")
_TAG_BASE, _SUPPLEMENT = 0xE0000, 0xE0100


def hidden(source: View) -> View | None:
    """Give what is written in characters that nobody sees, alone."""
    writing, found = Writing(source), False
    for match in _HIDDEN.finditer(source.text):
        meant = _message(match, source.text)
        if meant:
            writing.put(fold(meant) + "\n", match.start(), match.end())
            found = True
    return writing.view("hidden") if found else None


def _message(match: Match, text: str) -> str | None:
    run: str = match[0]
    if ord(run[0]) in range(_TAG_BASE, _SUPPLEMENT):
        start = match.start()
        flag = start > 0 and text[start - 1] == FLAG and len(run) <= FLAG_LONGEST
        return None if flag else "".join(chr(ord(tag) - _TAG_BASE) for tag in run)
    try:
        made = bytes(map(_byte, run)).decode()
    except UnicodeDecodeError:
        return None
    return made if made.isprintable() else None


def _byte(selector: str) -> int:
    code = ord(selector)
    return code - _SUPPLEMENT + 16 if code >= _SUPPLEMENT else code - 0xFE00
