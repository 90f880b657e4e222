"""Which meanings, close together, are an order that somebody slips in.

A rule names what has to stand in one sentence, and what makes it surer. What speaks against it is
the same for all: talk about attacks, orders between people, a polite permission, a negation.
"""

from collections.abc import Mapping

from msgspec import Struct

from tenken.guardrails.injection.concept import Concept

C = Concept
DIRECT, JAILBREAK, INDIRECT = "injection.direct", "jailbreak", "injection.indirect"
LEAST = 0.4
"""Below this a finding is noise, whatever the policy."""
MOST = 0.98
LONG_AGAINST = ((300, 0.08), (600, 0.14))
"""Among so many characters of a person's own words some are close together by chance."""
NEIGHBOURS = 1
"""What stands one sentence away still counts as said together."""
TARGETS = frozenset({C.ORDERS, C.LIMITS, C.GUARDS, C.SECRET, C.TEMPLATE, C.ABOVE})

TELLING = frozenset({
    C.COMPLY, C.UNLOCK, C.FREE, C.ROLE, C.HEADING, C.SECRET, C.AUTHORITY, C.READER, C.CONCEAL,
    C.TEMPLATE, C.ABOVE, C.ANEW, C.GONE, C.DROPPING, C.DROP,
})  # fmt: skip
"""Every rule needs one of these: sentences without any are passed over at once."""

AGAINST: Mapping[C, tuple[float, ...]] = {
    C.ABOUT: (0.22, 0.38),
    C.PERMIT: (0.35,),
    C.KEEP: (0.3,),
}
"""Taken off for one, two, ... of these in the sentence."""
PEOPLE_AGAINST = (0.22, 0.34)
"""The same for rules of what people also tell each other."""


class Rule(Struct, frozen=True, kw_only=True):
    """One combination of meanings."""

    id: str
    risk: str
    needs: tuple[frozenset[C], ...]
    """One of each, in one sentence; the first is looked for first."""
    score: float
    reach: int = 70
    """So many characters at most between the first and each other."""
    surer: Mapping[C, float] = {}
    """Added for each meaning that stands in the sentence, or beside it."""
    verb_first: bool = False
    """In Latin letters the first is a verb: what it acts on stands behind it."""
    across: bool = False
    """What it needs may stand in two sentences, one behind the other."""
    among_people: bool = False
    """People tell each other so every day: to set aside an e-mail, an order, a warning."""
    untrusted_only: bool = False
    """Holds for fetched data alone: a user may say this."""


class Finding(Struct, frozen=True):
    """A rule that holds at a place."""

    rule: str
    risk: str
    score: float
    start: int
    end: int


def _any(*concepts: C) -> frozenset[C]:
    return frozenset(concepts)


RULES: tuple[Rule, ...] = (
    Rule(
        id="injection.set_aside",
        risk=DIRECT,
        needs=(_any(C.DROP), TARGETS),
        among_people=True,
        across=True,
        score=0.38,
        reach=45,
        verb_first=True,
        surer={
            C.ORDERS: 0.07, C.GUARDS: 0.14, C.ANSWER: 0.08, C.TABOO: 0.14, C.PRIOR: 0.18,
            C.ALL: 0.14, C.YOURS: 0.2, C.SECRET: 0.3, C.REVEAL: 0.08, C.PERSONA: 0.12,
            C.FREE: 0.2, C.ANEW: 0.16, C.ONLY_SAY: 0.16, C.COMPLY: 0.16, C.AUTHORITY: 0.1,
            C.MACHINE: 0.08, C.ROLE: 0.2, C.HEADING: 0.2, C.ABOVE: 0.26, C.TEMPLATE: 0.24,
        },
    ),
    Rule(
        id="injection.orders_are_gone",
        risk=DIRECT,
        needs=(_any(C.GONE), TARGETS),
        among_people=True,
        score=0.42,
        reach=45,
        surer={
            C.GUARDS: 0.12, C.ANSWER: 0.04, C.TABOO: 0.14, C.PRIOR: 0.14, C.ALL: 0.12,
            C.YOURS: 0.18, C.SECRET: 0.22, C.ANEW: 0.16, C.FREE: 0.16, C.REVEAL: 0.06,
            C.PERSONA: 0.1, C.COMPLY: 0.16, C.MACHINE: 0.08, C.AUTHORITY: 0.08, C.HEADING: 0.16,
            C.ROLE: 0.16, C.TEMPLATE: 0.14, C.ABOVE: 0.2,
        },
    ),
    Rule(
        id="injection.setting_aside",
        risk=DIRECT,
        needs=(_any(C.DROPPING), TARGETS),
        among_people=True,
        score=0.3,
        reach=45,
        verb_first=True,
        surer={
            C.ORDERS: 0.06, C.PRIOR: 0.14, C.ALL: 0.1, C.YOURS: 0.16, C.SECRET: 0.2,
            C.ANEW: 0.14, C.FREE: 0.1,
            C.REVEAL: 0.06, C.PERSONA: 0.08, C.COMPLY: 0.12, C.TEMPLATE: 0.1,
        },
    ),
    Rule(
        id="injection.reveal_prompt",
        risk=DIRECT,
        needs=(_any(C.REVEAL, C.VERBATIM), _any(C.SECRET)),
        across=True,
        score=0.64,
        surer={
            C.VERBATIM: 0.16, C.DROP: 0.14, C.AUTHORITY: 0.12, C.ALL: 0.06, C.TEMPLATE: 0.06,
            C.PERSONA: 0.08, C.MACHINE: 0.04,
        },
    ),
    Rule(
        id="injection.reveal_template",
        risk=DIRECT,
        needs=(_any(C.REVEAL, C.VERBATIM), _any(C.TEMPLATE)),
        across=True,
        score=0.6,
        surer={
            C.VERBATIM: 0.2, C.DROP: 0.16, C.AUTHORITY: 0.14, C.ALL: 0.06, C.YOURS: 0.12,
            C.MACHINE: 0.06, C.PRIOR: 0.06, C.SECRET: 0.1,
        },
    ),
    Rule(
        id="injection.repeat_above",
        risk=DIRECT,
        needs=(_any(C.REVEAL, C.VERBATIM), _any(C.ABOVE)),
        across=True,
        score=0.6,
        surer={
            C.VERBATIM: 0.2, C.DROP: 0.14, C.ALL: 0.1, C.SECRET: 0.16, C.TEMPLATE: 0.16,
            C.PERSONA: 0.06, C.ORDERS: 0.08,
        },
    ),
    Rule(
        id="injection.new_orders",
        risk=DIRECT,
        needs=(
            _any(C.ANEW),
            _any(C.DROP, C.GONE, C.FREE, C.COMPLY, C.HEADING, C.ROLE, C.AUTHORITY),
        ),
        among_people=True,
        score=0.56,
        surer={
            C.PRIOR: 0.1, C.ALL: 0.06, C.YOURS: 0.08, C.ORDERS: 0.08, C.LIMITS: 0.08,
            C.ONLY_SAY: 0.12, C.PERSONA: 0.1, C.REVEAL: 0.04, C.SECRET: 0.12,
        },
    ),
    Rule(
        id="injection.chat_marks",
        risk=DIRECT,
        needs=(_any(C.ROLE),),
        score=0.5,
        surer={
            C.ORDERS: 0.12, C.LIMITS: 0.12, C.DROP: 0.16, C.FREE: 0.16, C.REVEAL: 0.08,
            C.SECRET: 0.14, C.PERSONA: 0.14, C.ANEW: 0.12, C.COMPLY: 0.12, C.ONLY_SAY: 0.1,
        },
    ),
    Rule(
        id="injection.authority_asks",
        risk=DIRECT,
        needs=(_any(C.AUTHORITY), _any(C.ORDERS)),
        score=0.42,
        reach=90,
        across=True,
        surer={C.REVEAL: 0.12, C.VERBATIM: 0.12, C.ALL: 0.06, C.YOURS: 0.12, C.DROP: 0.06},
    ),
    Rule(
        id="injection.heading",
        risk=DIRECT,
        needs=(_any(C.HEADING),),
        score=0.46,
        surer={
            C.DROP: 0.18, C.FREE: 0.18, C.SECRET: 0.16, C.PERSONA: 0.14, C.ANEW: 0.12,
            C.COMPLY: 0.14, C.ONLY_SAY: 0.12, C.REVEAL: 0.06, C.PRIOR: 0.04, C.LIMITS: 0.08,
            C.MACHINE: 0.04, C.GONE: 0.14,
        },
    ),
    Rule(
        id="injection.claimed_authority",
        risk=DIRECT,
        needs=(_any(C.AUTHORITY), _any(C.FREE, C.SECRET, C.COMPLY, C.TEMPLATE, C.DROP, C.GONE)),
        across=True,
        score=0.54,
        reach=110,
        surer={
            C.LIMITS: 0.1, C.REVEAL: 0.08, C.SECRET: 0.14, C.ALL: 0.06, C.DROP: 0.06,
            C.MACHINE: 0.04, C.FREE: 0.12, C.YOURS: 0.06, C.TEMPLATE: 0.1,
        },
    ),
    Rule(
        id="jailbreak.persona",
        risk=JAILBREAK,
        needs=(_any(C.PERSONA), _any(C.FREE)),
        score=0.6,
        reach=110,
        across=True,
        surer={
            C.TABOO: 0.08, C.MACHINE: 0.1, C.COMPLY: 0.14, C.DROP: 0.1, C.ALL: 0.04,
            C.ANEW: 0.06,
        },
    ),
    Rule(
        id="jailbreak.fiction",
        risk=JAILBREAK,
        needs=(_any(C.FICTION), _any(C.FREE)),
        score=0.44,
        reach=90,
        across=True,
        surer={
            C.TABOO: 0.16, C.MACHINE: 0.12, C.COMPLY: 0.16, C.DROP: 0.1, C.PERSONA: 0.1,
            C.SECRET: 0.12,
        },
    ),
    Rule(
        id="jailbreak.without_limits",
        risk=JAILBREAK,
        needs=(_any(C.FREE), _any(C.MACHINE, C.COMPLY, C.DROP, C.ANSWER)),
        score=0.54,
        reach=40,
        across=True,
        surer={
            C.TABOO: 0.12, C.COMPLY: 0.16, C.PERSONA: 0.1, C.DROP: 0.08, C.YOURS: 0.08,
            C.MACHINE: 0.06, C.SECRET: 0.12, C.ANEW: 0.08,
        },
    ),
    Rule(
        id="jailbreak.unlock",
        risk=JAILBREAK,
        needs=(_any(C.UNLOCK),),
        score=0.46,
        surer={
            C.ANSWER: 0.16, C.MACHINE: 0.12, C.YOURS: 0.1, C.TABOO: 0.14, C.COMPLY: 0.16,
            C.PERSONA: 0.12, C.AUTHORITY: 0.14, C.SECRET: 0.14, C.FREE: 0.16, C.ANEW: 0.1,
        },
    ),
    Rule(
        id="jailbreak.never_refuse",
        risk=JAILBREAK,
        needs=(_any(C.COMPLY), _any(C.FREE, C.PERSONA, C.LIMITS, C.DROP, C.MACHINE)),
        across=True,
        score=0.54,
        reach=120,
        surer={
            C.TABOO: 0.1, C.FREE: 0.14, C.PERSONA: 0.1, C.LIMITS: 0.08, C.DROP: 0.1, C.ALL: 0.05,
            C.YOURS: 0.04, C.MACHINE: 0.06,
        },
    ),
    Rule(
        id="jailbreak.taboo_asked",
        risk=JAILBREAK,
        needs=(_any(C.FREE, C.UNLOCK, C.COMPLY), _any(C.TABOO)),
        across=True,
        score=0.54,
        reach=90,
        surer={
            C.PERSONA: 0.08, C.MACHINE: 0.06, C.YOURS: 0.06, C.DROP: 0.06, C.FICTION: 0.06,
            C.GUARDS: 0.06, C.ANEW: 0.06, C.UNLOCK: 0.06, C.COMPLY: 0.06,
        },
    ),
    Rule(
        id="jailbreak.must_obey",
        risk=JAILBREAK,
        needs=(_any(C.COMPLY), _any(C.COMPLY)),
        score=0.6,
        reach=80,
        across=True,
        surer={C.TABOO: 0.12, C.ALL: 0.06, C.MACHINE: 0.06, C.ANEW: 0.06, C.YOURS: 0.04},
    ),
    Rule(
        id="injection.to_the_reader",
        risk=INDIRECT,
        needs=(_any(C.READER), _any(C.ACT, C.DROP, C.CONCEAL, C.ONLY_SAY, C.SECRET, C.REVEAL)),
        across=True,
        score=0.6,
        reach=160,
        surer={C.CONCEAL: 0.2, C.DROP: 0.12, C.ORDERS: 0.06, C.ANEW: 0.1, C.ACT: 0.08},
        untrusted_only=True,
    ),
    Rule(
        id="injection.behind_the_user",
        risk=INDIRECT,
        needs=(_any(C.CONCEAL), _any(C.ACT, C.REVEAL, C.DROP, C.SECRET, C.READER)),
        across=True,
        score=0.62,
        reach=120,
        surer={C.READER: 0.14, C.ORDERS: 0.06, C.ANEW: 0.08, C.ACT: 0.06, C.MACHINE: 0.06},
        untrusted_only=True,
    ),
)  # fmt: skip
