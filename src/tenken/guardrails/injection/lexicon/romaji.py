"""Japanese in Latin letters; its verbs stand behind what they act on, as in Japanese."""

# ruff: noqa: E501 - a pattern is read as one line

from tenken.guardrails.injection.concept import Concept

WORDS: dict[Concept, tuple[str, ...]] = {
    Concept.SECRET: (r"(?:naibu|kakushi|himitsu|ura)\s?(?:no\s)?(?:shiji|settei|puronputo|ruuru)",),
    Concept.TEMPLATE: (r"shisutemu\s?(?:puronputo|shiji)",),
    Concept.AUTHORITY: (r"(?:kaihatsu|kanri)sha",),
    Concept.FREE: (r"(?:seigen|kisei|fuiruta|ruuru)\s?(?:nashi|nai)|museigen|(?:kaihatsusha|kanrisha)\s?moodo",),
    Concept.PERSONA: (r"imakara|ima\s?kara|korekara|kore\s?kara|ni\s?narikitte|no\s?furi\s?(?:wo|o)",),
    Concept.DROP: (r"mushi\s?(?:shi(?:te|ro)|seyo)|wasure(?:te|ro)|haki\s?shi(?:te|ro)",),
    Concept.REVEAL: (r"misete|misero|oshiete|oshiero|shutsuryoku|hyou?ji\s?shi(?:te|ro)",),
    Concept.ALL: (r"zenbu|subete|issai",),
    Concept.PRIOR: (r"(?:ima\s?|kore\s?)made|izen\s?no|saisho\s?no|jouki\s?no|sakki\s?no",),
    Concept.ORDERS: (r"shiji|meirei|puronputo",),
    Concept.LIMITS: (r"seigen|kisei|ruuru|rinri|gaidorain",),
    Concept.MACHINE: (r"anata",),
}  # fmt: skip
