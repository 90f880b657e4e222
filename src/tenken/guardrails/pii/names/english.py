"""English names: behind a title, where somebody introduces himself, in a field, as a signature.

Without a model a name in the middle of a sentence is found when its first half is a frequent
given name that is no word as well: `Mark`, `Grace` and `May` alone say nothing.
"""

from tenken.guardrails.detector import Latin
from tenken.guardrails.pii.names.lexicon import words
from tenken.guardrails.rule import Rule, Rules, Spot
from tenken.pattern import Pattern

RISK = "pii.name"
GIVEN = frozenset(words("english given"))
WORDS = frozenset(words("english words"))
"""What may stand with a capital where a name would, and is none."""
NAME = r"[A-Z](?:[a-z]{1,14}|'[A-Z][a-z]{1,12}|[a-z]{1,3}[A-Z][a-z]{1,12})(?:-[A-Z][a-z]{1,14})?"
MIDDLE = r"(?: [A-Z]\.| (?:de|da|van|von|der|del|la|bin|al|el))?"
CAPITALS = "|".join(given.capitalize() for given in sorted(GIVEN))
TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Mister|Doctor|Judge|Rev)\b\.?"
SAYS = (
    r"(?i:my (?:full |legal )?name(?: is|'s|:)|(?:his|her|their|patient|"
    r"customer|client|employee)(?:'s)? name is"
    r"|name'?s|i am called|i go by|signed(?: by)?:?|attn\.?:?|attention:|c/o)"
)
MAY_SAY = r"(?i:i am|i'm|this is|call me|dear|hi|hello|hey|met|meet|contact|from:)"
FIELD = (
    r"(?i:(?:full |first |last |legal |customer |patient |employee |contact |"
    r"applicant |account |card ?holder |beneficiary )?name"
    r"|patient|applicant|account holder|card ?holder|contact person|"
    r"beneficiary|emergency contact|prepared by|author|recipient|passenger|"
    r"guest|tenant) ?[:=]"
)
CLOSING = (
    r"(?i:(?:best|kind|warm|warmest) (?:regards|wishes)|regards|sincerely|"
    r"yours (?:truly|sincerely|faithfully)|cheers|thanks|thank you|best|"
    r"respectfully)"
)


def _no_word(spot: Spot) -> bool:
    """No ordinary word, and no name of a program's: `name: Fake()` is one."""
    if spot.behind() in {"(", "_"} or (spot.behind().isascii() and spot.behind().isalnum()):
        return False
    return not any(part.lower().rstrip(".") in WORDS for part in spot.value.split())


def _known(spot: Spot) -> bool:
    """Two words at least and no ordinary one, or a given name that we know."""
    parts = spot.value.split()
    return _no_word(spot) and (len(parts) > 1 or parts[0].lower() in GIVEN)


DETECTOR = Rules(
    "pii.name_en",
    Rule(
        id="pii.name.en.titled",
        risk=RISK,
        pattern=Pattern(rf"\b{TITLE} ({NAME}(?:{MIDDLE} {NAME}){{0,2}})"),
        gate=Latin(rf"\b{TITLE.lower()} [a-z]"),
        holds=_no_word,
        score=0.85,
    ),
    Rule(
        id="pii.name.en.introduced",
        risk=RISK,
        pattern=Pattern(rf"\b{SAYS}\s{{1,3}}({NAME}(?:{MIDDLE} {NAME}){{0,2}})"),
        gate=Latin(rf"\b{SAYS}\s{{1,3}}[a-z]"),
        holds=_no_word,
        score=0.85,
    ),
    Rule(
        id="pii.name.en.addressed",
        risk=RISK,
        pattern=Pattern(rf"\b{MAY_SAY}[ ,]{{1,2}}({NAME}(?:{MIDDLE} {NAME}){{0,2}})"),
        gate=Latin(rf"\b{MAY_SAY}[ ,]{{1,2}}[a-z]"),
        holds=_known,
        score=0.7,
    ),
    Rule(
        id="pii.name.en.field",
        risk=RISK,
        pattern=Pattern(rf"\b{FIELD}\s{{0,3}}({NAME}(?:,?{MIDDLE} {NAME}){{0,3}})"),
        gate=Latin(rf"\b{FIELD}\s{{0,3}}[a-z]"),
        holds=_no_word,
        score=0.8,
    ),
    Rule(
        id="pii.name.en.signed",
        risk=RISK,
        pattern=Pattern(
            rf"\b{CLOSING}[,.!]?[ ]?\n{{1,2}}[-–— ]{{0,3}}({NAME}(?:{MIDDLE} {NAME}){{0,2}})(?:\n|"
            rf"$|,)"
        ),
        gate=Latin(rf"\b{CLOSING}[,.!]? ?\n{{1,2}}[-–— ]{{0,3}}[a-z]"),
        holds=_no_word,
        score=0.85,
    ),
    Rule(
        id="pii.name.en.full",
        risk=RISK,
        pattern=Pattern(rf"\b((?:{CAPITALS})(?:-{NAME})?(?:{MIDDLE} {NAME}){{1,2}})\b"),
        gate=Latin(rf"\b(?:{'|'.join(sorted(GIVEN))})[ -][a-z]"),
        holds=_no_word,
        score=0.7,
    ),
)
