"""Shapes of credentials in tracked text; the value itself is never kept, logged or shown."""

import ast
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.walking import Shape
from tenken.readiness.facts.code import STORED_KEY, Secret
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree
from tenken.remembered import remembered

SHAPES: Mapping[str, str] = {
    "anthropic": r"sk-ant-(?:api|admin)\d\d-[A-Za-z0-9_-]{80,120}",
    "openai_project": r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}",
    "openai": r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
    "openai_legacy": r"sk-[A-Za-z0-9]{48}",
    "openrouter": r"sk-or-v1-[0-9a-f]{64}",
    "langfuse": r"sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "langsmith": r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
    "google_api": r"AIza[0-9A-Za-z_-]{35}",
    "google_oauth": r"GOCSPX-[A-Za-z0-9_-]{28}",
    "aws_access_key": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "groq": r"gsk_[A-Za-z0-9]{52}",
    "huggingface": r"hf_[A-Za-z0-9]{34,40}",
    "perplexity": r"pplx-[A-Za-z0-9]{48}",
    "replicate": r"r8_[A-Za-z0-9]{37}",
    "xai": r"xai-[A-Za-z0-9]{80}",
    "nvidia": r"nvapi-[A-Za-z0-9_-]{60,80}",
    "pinecone": r"pcsk_[A-Za-z0-9_]{60,90}",
    "tavily": r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
    "databricks": r"dapi[0-9a-f]{32}",
    "github": r"(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}",
    "github_fine": r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "gitlab": r"glpat-[A-Za-z0-9_-]{20}",
    "slack": r"xox[abeprs]-[A-Za-z0-9-]{20,80}",
    "slack_webhook": (
        r"hooks\.slack\.com/services/T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,30}"
    ),
    "stripe": r"(?:sk|rk)_live_[A-Za-z0-9]{24,99}",
    "sendgrid": r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "npm": r"npm_[A-Za-z0-9]{36}",
    "pypi": r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,200}",
    "private_key": r"-----BEGIN (?:RSA |EC |OPENSSH |DSA |PGP )?PRIVATE KEY(?: BLOCK)?-----",
    "google_service_account": r'"private_key_id"\s*:\s*"[0-9a-f]{40}"',
    "azure_storage": r"AccountKey=[A-Za-z0-9+/]{86}==",
    "sentry": r"sntrys_[A-Za-z0-9+/=_-]{60,200}",
    "telegram": r"\d{8,10}:AA[A-Za-z0-9_-]{33}",
    "cohere_or_mistral": (
        r"(?i)(?:cohere|mistral|voyage|together|deepseek|azure_openai|dd|datadog)[a-z_]*(?:api)?_?key"
        r"[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9]{32,64}\b"
    ),
    "password_in_url": r"[a-z][a-z0-9+]{2,12}://[A-Za-z0-9_.-]{1,40}:[^\s:@/\"'${}<>%]{8,64}@[A-Za-z0-9.-]+\.[a-z]{2,}",
}  # fmt: skip
NAMES = tuple(SHAPES)
ANY = Pattern("|".join(f"({shape})" for shape in SHAPES.values()))
QUICK = Pattern(
    r"sk-|AIza|GOCSPX|AKIA|ASIA|gsk_|hf_|pplx-|r8_|xai-|nvapi-|pcsk_|tvly-|dapi|gh[pousr]_|github_pat_|glpat-|xox|"
    r"hooks\.slack|_live_|SG\.|npm_|pypi-Ag|PRIVATE KEY|private_key_id|AccountKey=|sntrys_|:AA|lsv2_|(?i)_?key|://[^\s/]+:[^\s/]+@"
)
PLACEHOLDERS = Pattern(
    r"(?i)example|placeholder|changeme|change-me|your[-_]|dummy|fake|sample|redacted|not-?set|xxxx|\*\*\*|abcdef|"
    r"123456|000000|insert|replace|<|\.\.\.|postgres:postgres|user:password|:password@|:secret@|localhost"
)
TEXT_SUFFIXES = frozenset({
    ".py", ".ipynb", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".env", ".yaml", ".yml", ".json",
    ".toml", ".ini", ".cfg",
    ".tf", ".tfvars", ".sh", ".bash", ".zsh", ".txt", ".md", ".properties", ".conf", ".xml",
    ".pem", ".key", ".rb",
    ".go", ".java", ".kt", ".bicep", ".sql", ".ps1", ".dockerfile", ".hcl", ".service",
})  # fmt: skip
TEXT_NAMES = (
    "Dockerfile",
    ".env",
    "Makefile",
    "Jenkinsfile",
    "Procfile",
    ".npmrc",
    ".pypirc",
    ".netrc",
)
MAX_BYTES = 1_000_000
MIN_ENTROPY = 3.0
"""Bits per character; keys drawn by chance lie above 4, words and repeats below 3."""


LOADERS = frozenset({
    "from_service_account_file", "from_service_account_info", "from_service_account_json",
    "ClientSecretCredential",
})  # fmt: skip
"""Calls that turn a long-lived key into a login."""
AWS_KEY = "aws_secret_access_key"


def key_logins(reading: Reading) -> Iterator[Secret]:
    """Give the places where the code logs in with a stored key."""
    for module in reading.production:
        for node in module.shape.answer(_logins):
            yield Secret(place=module.place(node), kind=STORED_KEY, fingerprint="")


def _logins(shape: Shape) -> tuple[ast.AST, ...]:
    tables = (*shape.kinds[ast.Subscript], *shape.kinds[ast.Dict])
    return (*shape.calls_that(_logs_in), *filter(_sets_key, tables))


def _logs_in(call: ast.Call) -> bool:
    return last_name(call.func) in LOADERS or _is_key(argument(call, AWS_KEY))


def _sets_key(node: ast.AST) -> bool:
    """`options["aws_secret_access_key"] = ...`, or the same in a table of options."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as name), ctx=ast.Store()):
            return name == AWS_KEY
        case ast.Dict(keys=keys, values=values):
            return any(
                isinstance(key, ast.Constant) and key.value == AWS_KEY and _is_key(value)
                for key, value in zip(keys, values, strict=True)
            )
        case _:
            return False


def _is_key(node: ast.expr | None) -> bool:
    """Something is given; None leaves the choice to the library."""
    return node is not None and not (isinstance(node, ast.Constant) and not node.value)


def secrets(tree: Tree) -> Iterator[Secret]:
    """Give everything shaped like a credential, with kind, place and a short fingerprint."""
    for entry in tree.entries:
        if entry.kind is EntryKind.FILE and entry.size <= MAX_BYTES and _is_text(entry):
            text = tree.text(entry.path)
            if isinstance(text, str):
                yield from _in_text(entry, text)


class Shaped(NamedTuple):
    """A part of a text that has the shape of a credential."""

    kind: str
    value: str
    line: int


@remembered
def _shaped(text: str) -> tuple[Shaped, ...]:
    return tuple(_shapes_in(text)) if QUICK.search(text) else ()


def _shapes_in(text: str) -> Iterator[Shaped]:
    for match in ANY.finditer(text):
        kind = next(
            NAMES[index] for index, group in enumerate(match.groups()) if group is not None
        )
        yield Shaped(kind, match.group(0), text.count("\n", 0, match.start()) + 1)


def _in_text(entry: Entry, text: str) -> Iterator[Secret]:
    seen: set[str] = set()
    for kind, value, line in _shaped(text):
        if value in seen or not _is_real(kind, value, entry):
            continue
        seen.add(value)
        yield Secret(
            place=Place(entry.path, line),
            kind=kind,
            fingerprint=_fingerprint(value),
            role=entry.role,
        )


def _is_real(kind: str, value: str, entry: Entry) -> bool:
    if kind in {"private_key", "google_service_account"}:
        return entry.role is Role.PRODUCTION
    if PLACEHOLDERS.search(value):
        return False
    if kind == "password_in_url":
        return entry.role is Role.PRODUCTION and not entry.name.endswith(
            (".md", ".example", ".sample", ".template")
        )
    return entropy(value[-40:]) >= MIN_ENTROPY


def entropy(text: str) -> float:
    """Give the bits per character of a text."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def _fingerprint(value: str) -> str:
    """Tell two values apart without telling anything of either."""
    return hashlib.blake2b(value.encode(), key=b"tenken-secret", digest_size=4).hexdigest()


def _is_text(entry: Entry) -> bool:
    return entry.suffix in TEXT_SUFFIXES or entry.name.startswith(TEXT_NAMES)
