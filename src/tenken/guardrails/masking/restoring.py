"""Puts masked values back into a text that comes in pieces, cut anywhere."""

from collections.abc import Mapping

OPEN, CLOSE = "[", "]"


class Restoring:
    """Holds back what may be the beginning of a placeholder, and nothing else."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        """By placeholder; read anew for each piece."""
        self._held = ""

    def feed(self, text: str) -> str:
        """Take a piece; gives what can be told now, with values in their places."""
        if not self._held and OPEN not in text:
            return text
        whole = self._held + text
        self._held = ""
        pieces: list[str] = []
        done = 0
        at = whole.find(OPEN)
        while at >= 0:
            pieces.append(whole[done:at])
            done = self._after(whole, at, pieces)
            at = whole.find(OPEN, done)
        if not self._held:
            pieces.append(whole[done:])
        return "".join(pieces)

    def close(self) -> str:
        """Give what was held back: the text ended in what began like a placeholder."""
        held, self._held = self._held, ""
        return held

    def _after(self, whole: str, at: int, pieces: list[str]) -> int:
        """Take what begins with a bracket; gives where to go on."""
        close = whole.find(CLOSE, at)
        found = whole[at : close + 1] if close >= 0 else whole[at:]
        if close < 0 and self._may_begin(found):
            self._held = found
            return len(whole)
        value = self._values.get(found)
        pieces.append(OPEN if value is None else value)
        return at + 1 if value is None else close + 1

    def _may_begin(self, text: str) -> bool:
        return any(placeholder.startswith(text) for placeholder in self._values)
