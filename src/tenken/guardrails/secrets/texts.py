"""Secrets that are told by what they are part of: blocks, tokens, URLs, settings."""

from collections.abc import Iterator, Sequence

from tenken.guardrails.detector import Latin
from tenken.guardrails.match import Match
from tenken.guardrails.pii.shapes import either_width
from tenken.guardrails.rule import Rule, Ruleset, Spot, apart
from tenken.guardrails.secrets.kinds import Group
from tenken.guardrails.secrets.likeness import bits, stands_in
from tenken.guardrails.text import Context, Text
from tenken.pattern import Pattern

LONGEST_BLOCK = 8_000
BEGIN = Pattern(
    r"-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d: "
)
STOPS = ".,;"
_BODY = Pattern(r"(?:[ \t]*[A-Za-z0-9+/=:,. -]{16,}(?:\r?\n|\\n|$))+")
_JWT = r"\beyJ[A-Za-z0-9_-]{10,900}\.eyJ[A-Za-z0-9_-]{10,900}(?:\.[A-Za-z0-9_-]{0,700})?"
"""Also before its last part has come: a stream holds back less than a long one is."""
_URL = (
    r"\b([A-Za-z][A-Za-z0-9+.-]{1,24}://[^\s:/@\"'`<>「」]{0,64}:[!-.0-;=?A-~]{3,128}@"
    r"[A-Za-z0-9.-]{1,120}(?::\d{2,5})?(?:/[A-Za-z0-9_.-]{0,64})?)"
)
_KEY = r"[A-Za-z0-9_.-]{0,24}"
_WORDS_JA = either_width("パスワード|パスフレーズ|シークレット|PW|パス")
_KEYS_JA = either_width(
    "API ?キー|アクセスキー|シークレットキー|秘密鍵|認証キー|アクセストークン|"
    "API ?トークン|認証トークン|トークン"
    "|チャネルシークレット|チャネルアクセストークン|共有鍵|暗号鍵|暗号化キー|ライセンスキー"
)
_WORDS_EN = "pass(?:word|wd|phrase|code)?|pwd|pw|secret"
_KEYS_EN = (
    "secret[_ -]?(?:access[_ -]?)?key|apikey|client[_ -]?secret|bearer|token|credentials?"
    "|(?:api|access|auth|account|master|encryption|signing|subscription|"
    "private)[_ -]?(?:key|token)"
    "|channel[_ -]?(?:secret|access[_ -]?token)|(?:aws|api|app)[_ -]secret"
)
LEAST_KEY = 16
"""Shorter than that nothing is a key because a word says so."""
LONG_KEY, MIXED = 64, 4.6
"""Of so many characters, and so many bits in each, even what begins as a path is a key."""
BARE_KEY = 32
"""Of so many characters a key may follow its word without anything between."""
_SAYS_JA = r"(?:\([^)\n]{0,12}\))?(?: ?(?:は、?|が|を|:|=|→|⇒|⇨|->|=>) ?|\n|[「『\"'`]| ){1,3}"
_SAYS_EN = (
    r"(?:'s (?:now )?|(?:\"|'|`)?"
    r"(?: (?:is|was|to)(?: set to| now)? ?:?| ?(?::|=|=>|->|:=|→|⇒|は|が) ?){1,2})"
)
_OPEN = r"[「『\"'`<(【\[]?"
_VALUE = r"([!#-&*+./-9:=?@-Z^_a-z|~-]{6,200})"
_NEVER = Pattern(
    r"(?i)^(?:\*\*|https?://|os\.|process\.env|env[.\[]|self\.|settings\.|"
    r"config\.|getenv|\$|%|\{|\(|--)"
    r"|[(){}<>\[\]]|^(?:none|null|true|false|undefined|required|optional|"
    r"string|str|bytes)\b|1password|lastpass|bitwarden"
    r"|^(?:see|use|the|at|your|my|in|not|from|with|via)[-_.]|least|minimum|"
    r"\d-?(?:digit|char)|^id_(?:rsa|ed)|utf-?8|base64|sha-?256|gpt-|claude-|"
    r"gemini-"
)
_PHRASE = Pattern(r"^[a-z]{3,10}(?:-[a-z]{3,10}){3,7}$")
"""Words drawn by chance, in a row."""
_TRAIL = ".,;:!?"
_PLAIN = frozenset({
    "password", "passwd", "pass", "secret", "postgres", "root", "admin", "test", "changeme",
    "guest", "user", "pwd", "mypassword",
})  # fmt: skip


def _is_path(value: str) -> bool:
    """Behind a slash stands a path, unless it is as long and as mixed as no path is."""
    return value.startswith("/") and (len(value) < LONG_KEY or bits(value) < MIXED)


def _is_password(spot: Spot) -> bool:
    """Beside the word for it: no word, no variable, no call, mixed as passwords are."""
    value = spot.value.rstrip(_TRAIL)
    called = spot.behind() in {"(", "["}
    if called or len(value) < 6 or stands_in(value) or _NEVER.search(value) or _is_path(value):
        return False
    if _PHRASE.search(value):
        return True
    return _mixed(value) and bits(value) >= (2.2 if len(value) < 12 else 2.8)


def _is_key(spot: Spot) -> bool:
    """Beside the word for a key: longer than any word, and drawn by chance."""
    return len(spot.value) >= LEAST_KEY and _is_password(spot)


def _is_bare_key(spot: Spot) -> bool:
    return _is_password(spot) and bits(spot.value) >= 3.3 and any(map(str.isdigit, spot.value))


def _mixed(value: str) -> bool:
    small = any("a" <= c <= "z" for c in value)
    large = any("A" <= c <= "Z" for c in value)
    digit = any("0" <= c <= "9" for c in value)
    sign = any(not c.isalnum() for c in value)
    if digit and (small or large):
        return not _is_version_or_date(value)
    return small + large + sign == 3 or (large and small and len(value) >= 20)


def _is_version_or_date(value: str) -> bool:
    letters = sum(character.isalpha() for character in value)
    return letters <= 1 and len(value) < 12 and any(sign in value for sign in ".-/:")


def _holds_password(spot: Spot) -> bool:
    """A URL with a real password, not the one of every example."""
    password = spot.value.split("://", 1)[1].split("@", 1)[0].partition(":")[2]
    return not (
        password.lower() in _PLAIN
        or stands_in(password)
        or password.startswith(("$", "{", "%", "<"))
        or len(set(password)) < 3
    )


def _is_setting(spot: Spot) -> bool:
    return (
        not stands_in(spot.value) and spot.value.lower() not in _PLAIN and "${" not in spot.value
    )


RULES = Ruleset(
    Rule(
        id="secret.token.jwt",
        risk=Group.TOKEN,
        pattern=Pattern(_JWT),
        gate=r"eyj[a-z0-9_-]{10}",
        holds=lambda spot: not stands_in(spot.value),
        score=0.95,
    ),
    Rule(
        id="secret.url.basic",
        risk=Group.URL,
        pattern=Pattern(_URL),
        gate=r"://[^\s/@]{0,64}:[^\s/]{3,128}@",
        holds=_holds_password,
        score=0.9,
    ),
    Rule(
        id="secret.password.ja",
        risk=Group.PASSWORD,
        pattern=Pattern(rf"(?i:{_WORDS_JA}){_SAYS_JA}{_OPEN}{_VALUE}"),
        gate=rf"(?:{_WORDS_JA.lower()}){_SAYS_JA}{_OPEN}[!-~]{{6}}",
        holds=_is_password,
        score=0.85,
    ),
    Rule(
        id="secret.token.ja",
        risk=Group.TOKEN,
        pattern=Pattern(rf"(?i:{_KEYS_JA}){_SAYS_JA}{_OPEN}{_VALUE}"),
        gate=rf"(?:{_KEYS_JA.lower()}){_SAYS_JA}{_OPEN}[!-~]{{{LEAST_KEY}}}",
        holds=_is_key,
        score=0.85,
    ),
    Rule(
        id="secret.password.en",
        risk=Group.PASSWORD,
        pattern=Pattern(rf"(?i:\b{_KEY}(?:{_WORDS_EN})){_SAYS_EN}{_OPEN}{_VALUE}"),
        gate=rf"(?:{_WORDS_EN}){_SAYS_EN}{_OPEN}[!-~]{{6}}",
        holds=_is_password,
        score=0.8,
    ),
    Rule(
        id="secret.token.en",
        risk=Group.TOKEN,
        pattern=Pattern(rf"(?i:\b{_KEY}(?:{_KEYS_EN})){_SAYS_EN}{_OPEN}{_VALUE}"),
        gate=rf"(?:{_KEYS_EN}){_SAYS_EN}{_OPEN}[!-~]{{{LEAST_KEY}}}",
        holds=_is_key,
        score=0.8,
    ),
    Rule(
        id="secret.token.bare",
        risk=Group.TOKEN,
        pattern=Pattern(rf"(?i:\b(?:{_KEYS_EN})) ([A-Za-z0-9+/_=-]{{{BARE_KEY},200}})"),
        gate=rf"(?:{_KEYS_EN}) [a-z0-9+/_=-]{{{BARE_KEY}}}",
        holds=_is_bare_key,
        score=0.8,
    ),
    Rule(
        id="secret.token.bearer",
        risk=Group.TOKEN,
        pattern=Pattern(
            r"(?i:authorization: ?)?(?i:bearer|basic) ([A-Za-z0-9._~+/-]{20,800}={0,2})"
        ),
        gate="(?:bearer|basic) [a-z0-9._~+/-]{20}",
        holds=lambda spot: bits(spot.value) >= 3.2 and _is_password(spot),
        score=0.85,
    ),
    Rule(
        id="secret.password.setting",
        risk=Group.PASSWORD,
        pattern=Pattern(r"(?i:password|pwd|accountkey) ?= ?([^\s;\"'<>]{4,128});"),
        gate="(?:password|pwd|accountkey) ?= ?[^\\s;\"'<>]{4}",
        holds=_is_setting,
        score=0.85,
    ),
    Rule(
        id="secret.password.pin",
        risk=Group.PASSWORD,
        pattern=Pattern(
            r"(?:暗証番号|(?i:\bPIN(?:コード| code| number)?))(?: ?(?:は|が|:|"
            r"=|is) ?){1,2}(\d{4,8})\b"
        ),
        gate=(r"(?:暗証番号|\bpin(?:コード| code| number)?)(?: ?(?:は|が|:|=|is) ?){1,2}\d{4}"),
        score=0.8,
    ),
)


class Texts:
    """Finds them."""

    name = "secrets.texts"
    as_written = True
    risks = (Group.PRIVATE_KEY, Group.TOKEN, Group.URL, Group.PASSWORD)
    gates = tuple(Latin(gate) for gate in ("private key", "putty-user-key-file", *RULES.gates))

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - the same everywhere
        """Give every secret, each once."""
        found = [_trimmed(match, text) for match in RULES.matches(text)]
        return apart([*found, *_blocks(text)])


def _trimmed(match: Match, text: Text) -> Match:
    """The full stop that ends a sentence is none of the password's."""
    end = match.end
    if text.folded[end : end + 1].strip() == "":
        while text.folded[end - 1] in STOPS and end - match.start > 6:
            end -= 1
    return Match(
        risk=match.risk,
        rule=match.rule,
        score=match.score,
        start=match.start,
        end=end,
        view=match.view,
    )


def _blocks(text: Text) -> Iterator[Match]:
    folded, done = text.folded, 0
    for begin in BEGIN.finditer(folded):
        start = begin.start()
        if start >= done:
            done = _block_end(folded, begin.end())
            yield Match(
                risk=Group.PRIVATE_KEY, rule="secret.private_key.block", score=0.95, start=start,
                end=done, view="text" if text.original is folded else "folded",
            )  # fmt: skip


def _block_end(folded: str, begin: int) -> int:
    """Behind the line that ends the key; where there is none, behind all that looks like it."""
    end = folded.find("-----END ", begin, begin + LONGEST_BLOCK)
    if end >= 0:
        closing = folded.find("-----", end + 9, end + 60)
        return closing + 5 if closing >= 0 else min(len(folded), end + 40)
    window = folded[begin : begin + LONGEST_BLOCK]
    skipped = len(window) - len(window.lstrip("\r\n\\n"))
    body = _BODY.match(window[skipped:])
    return begin + (skipped + body.end() if body else 0)


DETECTOR = Texts()
