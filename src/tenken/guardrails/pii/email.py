"""Mail addresses, also those written so that no machine should read them."""

from tenken.guardrails.detector import Within
from tenken.guardrails.rule import Rule, Rules, Spot
from tenken.pattern import Pattern

LOCAL = r"[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?"
HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,18}"
OPEN, CLOSE = r"[\[({<【〔《「]", r"[\])}>】〕》」]"
AT = (
    rf"(?: ?{OPEN} ?(?:at|AT|At|アット|アットマーク|@|a) ?{CLOSE} ?|"
    rf" ?(?:アットマーク|★|☆|■|◎|_at_|\*at\*|-at-) ?)"
)
DOT = rf"(?: ?{OPEN} ?(?:dot|DOT|Dot|ドット|\.|点) ?{CLOSE} ?| ?ドット ?|\.| dot )"
LABEL_ = r"[A-Za-z0-9][A-Za-z0-9-]{0,61}"
OBFUSCATED = (
    rf"\b[A-Za-z0-9][A-Za-z0-9._+-]{{0,62}}(?:{DOT}[A-Za-z0-9]{{1,20}})?"
    rf"{AT}{LABEL_}(?:{DOT}{LABEL_}){{1,4}}"
)
SPOKEN = (
    rf"\b[A-Za-z0-9][A-Za-z0-9._+-]{{0,62}} (?:at|AT) {LABEL_}(?: (?:dot|DOT) {LABEL_}){{1,3}}\b"
)
SPACED = (
    r"\b[A-Za-z0-9][A-Za-z0-9._+-]{0,62}(?: @ ?|@ )(?:[A-Za-z0-9-]{1,61}\.){1,4}[A-Za-z]{2,18}\b"
)
FILES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".css", ".js", ".py", ".tar", ".zip")
TOP = frozenset(
    {
        "com",
        "jp",
        "org",
        "net",
        "io",
        "co",
        "edu",
        "gov",
        "dev",
        "info",
        "biz",
        "me",
        "uk",
        "de",
        "fr",
        "us",
        "ai",
        "app",
    }
)
MACHINES = ("git", "hg", "svn", "ssh")


def _is_address(spot: Spot) -> bool:
    """Not a picture (`logo@2x.png`), a repository (`git@host:...`) or a password in a URL."""
    value = spot.value.lower()
    local = value.partition("@")[0]
    return not (
        value.endswith(FILES)
        or (local in MACHINES and spot.behind().startswith((":", "/")))
        or (spot.before() in {":", "/", "@"} and "//" in spot.before(60))
    )


def _ends_as_hosts_do(spot: Spot) -> bool:
    return spot.value.rsplit(" ", 1)[1].lower() in TOP


DETECTOR = Rules(
    "pii.email",
    Rule(
        id="pii.email.plain",
        risk="pii.email",
        pattern=Pattern(rf"{LOCAL}@{HOST}\b"),
        gate=Within("[a-z0-9_+-]@[a-z0-9]"),
        holds=_is_address,
        score=0.95,
    ),
    Rule(
        id="pii.email.spaced",
        risk="pii.email",
        pattern=Pattern(SPACED),
        gate=Within(r"[a-z0-9._+-](?: @ ?|@ )[a-z0-9-]"),
        holds=_is_address,
        score=0.8,
    ),
    Rule(
        id="pii.email.obfuscated",
        risk="pii.email",
        pattern=Pattern(OBFUSCATED),
        gate=Within(rf"[a-z0-9._+-]{AT}[a-z0-9]"),
        score=0.85,
    ),
    Rule(
        id="pii.email.spoken",
        risk="pii.email",
        pattern=Pattern(SPOKEN),
        gate=Within(" at [a-z0-9-]+ dot "),
        holds=_ends_as_hosts_do,
        score=0.8,
    ),
)
