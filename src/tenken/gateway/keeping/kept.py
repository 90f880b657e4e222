"""What is to be stored of the texts of one request: gathered masked, sealed with its record."""

from msgspec.structs import replace

from tenken.gateway.plan import RouteTexts, TextPlan
from tenken.journal.exchange import Exchange, Outcome
from tenken.journal.sealing import TextKey
from tenken.journal.texts import KEPT, WITHHELD, Content, Said, Texts, Whose

UNSCREENED = "unscreened"
"""Something could not be looked at: what it would have masked is not known."""
STOPPED = "stopped"
"""A guard stopped it before anything of it went on."""
BLOCKED = Outcome.BLOCKED


class Kept:
    """The texts of one request, once they are masked."""

    def __init__(self, plan: TextPlan, which: RouteTexts, *, key: TextKey, chance: bytes) -> None:
        self.plan = plan
        self.which = which
        self._key = key
        self._chance = chance
        self._request: tuple[Said, ...] = ()
        self._answer: tuple[Said, ...] = ()
        self._cut: dict[str, bool] = {}
        self._withheld = ""

    def withhold(self, why: str) -> None:
        """Store nothing, whatever else comes."""
        self._withheld = why

    def asked(self, said: tuple[Said, ...], *, cut: bool) -> None:
        """Take the request, masked."""
        self._request, self._cut["request"] = said, cut

    def answered(self, said: tuple[Said, ...], *, cut: bool) -> None:
        """Take a whole answer, masked."""
        self._answer, self._cut["answer"] = said, cut

    def into(self, exchange: Exchange) -> Exchange:
        """Give the record with the texts in it, sealed; or with the reason why they are not."""
        blocked, sent = exchange.outcome is BLOCKED, bool(exchange.attempts)
        answer = () if blocked else self._answer
        if self._withheld or (blocked and not sent):
            said = Content(WITHHELD, self._withheld or STOPPED)
            return replace(exchange, content=str(said))
        if not sent or not (self._request or answer):
            return exchange  # nothing went on to a provider, or nothing is to be kept of it
        cut = tuple([part for part, some in self._cut.items() if some])
        texts = Texts(request=self._request, answer=answer, cut=cut)
        whose = Whose(exchange.id, exchange.span, exchange.at)
        sealed = self._key.seal(texts, whose=whose, chance=self._chance)
        return replace(exchange, content=str(Content(KEPT, self._key.id)), texts=sealed)
