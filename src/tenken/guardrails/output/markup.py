"""Markup that acts: scripts, event handlers, links that carry data away, SQL and shell.

A code block is an example and not run, so what stands in one counts less; an answer that goes to
a program is checked by its schema. Addresses with data in them are the way by which an injected
order takes a conversation out: a picture is fetched without a click.
"""

from tenken.guardrails.rule import Rule, Rules, Spot, always
from tenken.pattern import Pattern

RISK = "output.unsafe_markup"
_URL = r"https?://[^\s)>\]\"'<]{1,1000}"
# a value of 24 characters in an address may be a conversation
_LONG_VALUE = Pattern(
    r"[?&#;][\w.\-\[\]]{0,40}=([^&#\s]{24,})|[?]([^=&#\s]{24,})|/([A-Za-z0-9+_\-%=]{48,})"
)
_PLACEHOLDER = Pattern(
    r"(?i)[?&][\w.\-]{1,30}=[^&\s]{0,20}(?:\{|%7b|\$\{|<[a-z_ ]+>|\[(?:data|chat|history|secret)"
    r"|(?:summary|history|conversation|prompt|secret|api_?key|password|email)[=_])"
)
_CODE = "```"


def _carries_data(spot: Spot) -> bool:
    return bool(_LONG_VALUE.search(spot.value) or _PLACEHOLDER.search(spot.value))


def _runs(spot: Spot) -> bool:
    """Not in a code block, nor between backticks: there it is shown, not run."""
    before = spot.text.folded[: spot.start]
    return before.count(_CODE) % 2 == 0 and not spot.before().endswith("`")


def _shown(spot: Spot) -> bool:
    return not _runs(spot)


DETECTOR = Rules(
    "output.markup",
    Rule(
        id="output.script",
        risk=RISK,
        pattern=Pattern(
            r"(?i)<\s*(?:script|iframe|object|embed|applet|meta\s+http-equiv|base\s+href|"
            r"svg[^>]{0,80}\son\w+)\b[^>]{0,400}>?"
        ),
        gate=r"<\s*(?:script|iframe|object|embed|applet|meta|base|svg)",
        holds=_runs,
        score=0.95,
    ),
    Rule(
        id="output.event_handler",
        risk=RISK,
        pattern=Pattern(r"(?i)<[a-z][^>]{0,300}[\s/\"']on[a-z]{3,20}\s*=\s*[^\s>]"),
        gate=r"\bon[a-z]{3,20}\s*=",
        holds=_runs,
        score=0.9,
    ),
    Rule(
        id="output.script_address",
        risk=RISK,
        pattern=Pattern(
            r"(?i)(?:\]\(|(?:href|src|action|formaction|data)\s*=\s*[\"']?)\s*"
            r"((?:javascript|vbscript)\s*:|data\s*:\s*text/html)"
        ),
        gate=r"(?:javascript|vbscript)\s*:|data\s*:\s*text/html",
        holds=_runs,
        score=0.95,
    ),
    Rule(
        id="output.image_carries_data",
        risk=RISK,
        pattern=Pattern(rf"!\[[^\]\n]{{0,300}}\]\(\s*<?({_URL})"),
        gate=r"!\[[^\]\n]{0,300}\]\(\s*<?https?:",
        holds=_carries_data,
        score=0.9,
    ),
    Rule(
        id="output.picture_carries_data",
        risk=RISK,
        pattern=Pattern(
            rf"(?i)<\s*(?:img|link|source|video|audio)\b[^>]{{0,300}}"
            rf"(?:src|href|poster)\s*=\s*[\"']?({_URL})"
        ),
        gate=r"<\s*(?:img|link|source|video|audio)\b",
        holds=_carries_data,
        score=0.9,
    ),
    Rule(
        id="output.style_carries_data",
        risk=RISK,
        pattern=Pattern(
            rf"(?i)(?:background[\w-]{{0,12}}\s*:\s*|@import\s+)url\(\s*[\"']?({_URL})"
        ),
        gate=r"url\(",
        holds=_carries_data,
        score=0.85,
    ),
    Rule(
        id="output.reference_carries_data",
        risk=RISK,
        pattern=Pattern(rf"(?m)^ {{0,3}}\[[^\]\n]{{1,80}}\]:\s*<?({_URL})"),
        gate=r"\]:\s*<?https?:",
        holds=_carries_data,
        score=0.7,
    ),
    Rule(
        id="output.link_carries_data",
        risk=RISK,
        pattern=Pattern(rf"(?:^|[^!])\[[^\]\n]{{1,300}}\]\(\s*<?({_URL})"),
        gate=r"\]\(\s*<?https?:",
        holds=_carries_data,
        score=0.6,
    ),
    Rule(
        id="output.shell",
        risk=RISK,
        pattern=Pattern(
            r"(?i)(?:\brm\s+-[a-z]*[rf][a-z]*\s+(?:--no-preserve-root\s+)?[/~*$]"
            r"|\b(?:curl|wget)\s[^|\n]{1,300}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b"
            r"|\bmkfs\.\w+\s+/dev/|\bdd\s+if=\S+\s+of=/dev/|:\(\)\s*\{\s*:\|:&\s*\};:"
            r"|\bnc\s+-[a-z]*e\s|/dev/tcp/\d|\bchmod\s+-R\s+777\s+/)"
        ),
        gate=r"\brm\s+-|\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|mkfs|\bdd\s+if=|:\(\)|\bnc\s+-|/dev/tcp/|chmod\s+-r",
        holds=_runs,
        score=0.8,
    ),
    Rule(
        id="output.shell_shown",
        risk=RISK,
        pattern=Pattern(
            r"(?i)(?:\brm\s+-[a-z]*[rf][a-z]*\s+(?:--no-preserve-root\s+)?/(?:\s|$|\*)"
            r"|/dev/tcp/\d|:\(\)\s*\{\s*:\|:&\s*\};:|\bnc\s+-[a-z]*e\s)"
        ),
        gate=r"\brm\s+-|/dev/tcp/|:\(\)|\bnc\s+-",
        holds=_shown,
        score=0.5,
    ),
    Rule(
        id="output.sql",
        risk=RISK,
        pattern=Pattern(
            r"(?i)(?:'\s*(?:or|and)\s+'?\d+'?\s*=\s*'?\d+|;\s*(?:drop|truncate)\s+(?:table|"
            r"database|schema)\s+\w+|\bunion\s+(?:all\s+)?select\s+[^\n]{0,80}\bfrom\s+"
            r"(?:information_schema|users|pg_|sys)|;\s*exec\s+xp_cmdshell"
            r"|;\s*delete\s+from\s+\w+\s*(?:;|--|$))"
        ),
        gate=r"'\s*(?:or|and)\s|;\s*(?:drop|truncate|exec|delete)\s|\bunion\s",
        holds=_runs,
        score=0.8,
    ),
    Rule(
        id="output.template",
        risk=RISK,
        pattern=Pattern(
            r"\{\{[^}\n]{0,120}(?:__class__|__globals__|config\.|request\.|self\._)[^}\n]{0,200}\}\}"
            r"|\$\{(?:jndi|env|sys):[^}\n]{1,200}\}"
        ),
        gate=r"\{\{|\$\{(?:jndi|env|sys):",
        holds=always,
        score=0.9,
    ),
)
