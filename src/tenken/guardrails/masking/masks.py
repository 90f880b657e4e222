"""The placeholders of one session: `[氏名_1]` for a name, the same one for the same name.

A placeholder that somebody writes by hand is masked like a value: it comes back as it was written,
and never as the value of somebody else.
"""

import hmac

from tenken.guardrails.masking.restoring import CLOSE, OPEN, Restoring

QUOTE = "QUOTE"
"""The label of what merely looks like a placeholder."""
MARK_LENGTH = 16


class Masks:
    """What was masked in a session, and how to put it back.

    The key makes marks that nobody without it can try values against. It should differ between
    services, and stay the same within one, so that the same value has the same mark in its logs.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._placeholders: dict[str, str] = {}
        """By mark."""
        self._values: dict[str, str] = {}
        """By placeholder."""
        self._counts: dict[str, int] = {}
        """How many placeholders a label has."""
        self._labels: set[str] = {QUOTE}

    def fork(self) -> "Masks":
        """Give masks that know all of these, and that these know nothing of."""
        own = Masks(self._key)
        own._placeholders |= self._placeholders
        own._values |= self._values
        own._counts |= self._counts
        own._labels |= self._labels
        return own

    @property
    def empty(self) -> bool:
        """Whether nothing was masked, and nothing is to be put back."""
        return not self._values

    def know(self, *labels: str) -> None:
        """Name labels that placeholders may come to have: what looks so is quoted."""
        self._labels.update(labels)

    def placeholder(self, label: str, value: str) -> str:
        """Give what stands for a value: the same every time in this session."""
        mark = self.mark(label, value)
        known = self._placeholders.get(mark)
        if known is not None:
            return known
        count = self._counts.get(label, 0) + 1
        made = f"[{label}_{count}]"
        self._labels.add(label)
        self._counts[label] = count
        self._placeholders[mark] = made
        self._values[made] = value
        return made

    def quoted(self, text: str) -> str:
        """Mask what somebody wrote that looks like a placeholder of ours."""
        first, *others = text.split(OPEN)
        if not others:
            return text
        pieces = [first]
        for other in others:
            inside, close, rest = other.partition(CLOSE)
            whole = f"{OPEN}{inside}{close}"
            forged = close and self._looks_ours(inside, whole)
            pieces.append((self.placeholder(QUOTE, whole) if forged else whole) + rest)
        return "".join(pieces)

    def mark(self, kind: str, value: str) -> str:
        """Give the keyed hash of a value of a kind."""
        said = f"{kind}\0{value}".encode(errors="surrogatepass")
        return hmac.digest(self._key, said, "sha256").hex()[:MARK_LENGTH]

    def restored(self, text: str) -> str:
        """Put every value back into a whole text."""
        restoring = self.restoring()
        return restoring.feed(text) + restoring.close()

    def restoring(self) -> Restoring:
        """Put values back into a text that comes in pieces."""
        return Restoring(self._values)

    def _looks_ours(self, inside: str, whole: str) -> bool:
        label, _, number = inside.rpartition("_")
        if whole in self._values:
            return True
        return label in self._labels and number.isascii() and number.isdigit()
