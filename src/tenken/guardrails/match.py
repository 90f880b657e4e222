"""What a detector says: where which rule saw which risk, and never the value it saw."""

from msgspec import Struct


class Match(Struct, frozen=True, kw_only=True):
    """A place in a text at which a rule saw a risk."""

    risk: str
    """The id of the risk in the taxonomy, such as `pii.jp.my_number` or `injection.direct`."""
    rule: str
    """The id of the rule; stable, since allow lists, records and reports name it."""
    score: float
    """From 0 to 1: how sure the rule is."""
    start: int
    """The first character, counted in the ORIGINAL text."""
    end: int
    """The one behind the last."""
    view: str = "text"
    """What showed it: `text`, or the name of a view such as `folded` or `base64`."""

    def moved(self, by: int) -> "Match":
        """Give the same match in a text that begins so many characters earlier."""
        return Match(
            risk=self.risk,
            rule=self.rule,
            score=self.score,
            start=self.start + by,
            end=self.end + by,
            view=self.view,
        )
