"""Which risks the detectors that ship can see: enough to tell whether a policy would be served.

An inspection looks at no text, so the detectors themselves are not loaded: they take as long as
everything else that it needs. A test holds this list against them.
"""

from collections.abc import Sequence

from msgspec import Struct

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text


class Seer(Struct, frozen=True):
    """A detector by what it says of itself; it finds nothing."""

    name: str
    risks: tuple[str, ...]
    gates: tuple[str, ...] = ()

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - a `Detector`
        """Nothing is inspected here."""
        return ()


SEERS = (
    Seer("pii.numbers", (
        "pii.jp.my_number", "pii.jp.driver_licence", "pii.jp.corporate_number",
        "pii.jp.residence_card", "pii.jp.passport", "pii.jp.health_insurance",
        "pii.jp.pension_number", "pii.card", "pii.iban", "pii.us.ssn",
    )),
    Seer("pii.bank", ("pii.jp.bank_account",)),
    Seer("pii.phone", ("pii.phone",)),
    Seer("pii.email", ("pii.email",)),
    Seer("pii.address", ("pii.postal_code", "pii.address")),
    Seer("pii.birth", ("pii.birth_date",)),
    Seer("pii.network", ("pii.ip",)),
    Seer("pii.name", ("pii.name",)),
    Seer("pii.name_en", ("pii.name",)),
    Seer("secrets.keys", (
        "secret.llm", "secret.cloud", "secret.repository", "secret.chat", "secret.payment",
        "secret.service",
    )),
    Seer("secrets.texts", (
        "secret.private_key", "secret.token", "secret.url", "secret.password",
    )),
    Seer("injection.orders", (
        "injection.direct", "injection.indirect", "injection.obfuscated", "jailbreak",
    )),
    Seer("injection.turns", ("jailbreak",)),
    Seer("leak.canary", ("leak.system_prompt",)),
    Seer("leak.overlap", ("leak.system_prompt",)),
    Seer("output.markup", ("output.unsafe_markup",)),
    Seer("grounding.unsupported", ("grounding.unsupported",)),
    Seer("topics.hints", (
        "harm.violence", "harm.weapons", "harm.csam", "harm.self_harm", "harm.sexual",
        "harm.hate", "harm.harassment", "harm.crime", "harm.drugs", "topic.medical",
        "topic.legal", "topic.financial", "topic.politics",
    )),
)  # fmt: skip
