"""Opens stored texts for a backend that the settings let have them; others never see a key."""

from collections.abc import Callable, Mapping, Sequence

from tenken.journal.exchange import Exchange
from tenken.journal.sealing import Ring, Unopened
from tenken.journal.texts import KEPT, Texts, content_of
from tenken.keeper.sinks.receiver import Later
from tenken.sentence import Sentence
from tenken.store.faults import Away
from tenken.store.texts.texts import Key, SealedTexts, whose_of


class Opening:
    """Gives the texts of exchanges: of the journal's own records, or of the ledger."""

    def __init__(
        self, sealed: SealedTexts, ring: Callable[[], Ring], *, tell: Callable[[Sentence], None]
    ) -> None:
        self._sealed = sealed
        self._ring = ring
        self._tell = tell
        self._told = False

    def of(self, exchanges: Sequence[Exchange]) -> Mapping[Key, Texts]:
        """Give those that open, by exchange; raises Later. That one does not is told once."""
        kept = [one for one in exchanges if content_of(one.content).kind == KEPT]
        try:
            held = self._sealed.among([key_of(one) for one in kept if one.texts is None])
        except Away as error:
            raise Later("Away") from error
        ring = self._ring()
        found: dict[Key, Texts] = {}
        for one in kept:
            sealed = one.texts or held.get(key_of(one))
            if sealed is None:
                continue
            try:
                found[key_of(one)] = ring.open(sealed, whose=whose_of(one))
            except Unopened as error:
                self._say(error.sentence)
        return found

    def _say(self, sentence: Sentence) -> None:
        if not self._told:
            self._told = True
            self._tell(sentence)


def key_of(one: Exchange) -> Key:
    """Give what tells an exchange from all others."""
    return (one.id, one.span, one.at)
