"""Bedrock guardrails: attached to a call in the code, their rules kept with the infrastructure."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.guarding.known import (
    GROUNDING,
    HARM,
    INJECTION,
    OFF_TOPIC,
    PII,
)
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import unpacked
from tenken.readiness.collectors.python.values import Display, Literal
from tenken.readiness.facts.code import GuardStage, GuardTopic
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree

LIBRARY = "bedrock-guardrails"
CONFIGS = frozenset({"guardrailConfig", "guardrailConfiguration"})
ATTACHED = CONFIGS | {"guardrailIdentifier"}
IDENTIFIERS = frozenset({"guardrailIdentifier", "guardrailId"})
MAX_DEPTH = 6
MAX_BYTES = 400_000
SUFFIXES = frozenset({".ts", ".js", ".mts", ".py", ".tf"})
MADE = Pattern(r'\b(?:Cfn)?Guardrail\(|resource\s+"aws_bedrock_guardrail"\s+"[^"]+"')
BLOCK = Pattern(r"[{(]([^{}()]*)[})]")
PAIR = Pattern(r"""(\w+)\s*[:=]\s*["']?([\w.]+)""")
COMMENT = Pattern(r"(?m)(?://|#).*$|/\*[^*]*\*/")
OPENING, CLOSING = "{(", "})"
HARMS = frozenset({"HATE", "SEXUAL", "VIOLENCE"})
"""Kinds of harm without whose filters answers are not screened for harm."""
STOPPED = frozenset({"BLOCK", "ANONYMIZE", "MASK"})
PERSONS = frozenset({"EMAIL", "PHONE", "NAME", "ADDRESS"})
KEYS = frozenset({"PASSWORD", "AWS_ACCESS_KEY", "AWS_SECRET_KEY"})
DENIED = Pattern(r"(?i)\bdenied_?topics\s*[:=]\s*\[\s*[^\]\s]")


class Rules(Struct, frozen=True, kw_only=True):
    """What a guardrail looks for; `in_part` is looked for with kinds left out."""

    before: frozenset[GuardTopic] = frozenset()
    after: frozenset[GuardTopic] = frozenset()
    in_part: frozenset[GuardTopic] = frozenset()

    def at(self, stage: GuardStage) -> tuple[GuardTopic, ...]:
        """The topics of one side."""
        return tuple(sorted(self.before if stage is GuardStage.INPUT else self.after))


def is_attached(call: ast.Call, scope: Function, follower: Follower) -> bool:
    """A guardrail is named by the call, or by the request that is spread into it."""
    given = [(word.value, scope) for word in call.keywords if word.arg in ATTACHED]
    if given:
        return all(_names_one(node, home, follower) for node, home in given)
    return any(_holds(node, scope, follower, 0) for node in unpacked(call))


def _names_one(node: ast.expr, scope: Function, follower: Follower) -> bool:
    """Not None and not empty: `guardrailIdentifier=""` attaches nothing."""
    if isinstance(node, ast.Dict):
        return any(
            isinstance(key, ast.Constant)
            and key.value in IDENTIFIERS
            and _names_one(value, scope, follower)
            for key, value in zip(node.keys, node.values, strict=True)
        )
    values = follower.values(node, scope)
    return not any(isinstance(one, Literal) and not one.value for one in values)


def _holds(node: ast.expr, scope: Function, follower: Follower, depth: int) -> bool:
    for value in follower.values(node, scope) if depth < MAX_DEPTH else ():
        if isinstance(value, Display) and isinstance(value.node, ast.Dict):
            pairs = zip(value.node.keys, value.node.values, strict=True)
            for key, inner in pairs:
                name = key.value if isinstance(key, ast.Constant) else None
                if name in (CONFIGS if depth else ATTACHED):
                    return _names_one(inner, value.scope, follower)
                if isinstance(inner, ast.Dict) and _holds(inner, value.scope, follower, depth + 1):
                    return True
    return False


def rules(tree: Tree) -> Rules | None:
    """What every guardrail of the infrastructure looks for; None where none is kept here."""
    found = [one for entry in tree.entries for one in _of_entry(entry, tree)]
    if not found:
        return None
    return Rules(
        before=frozenset.intersection(*(one.before for one in found)),
        after=frozenset.intersection(*(one.after for one in found)),
        in_part=frozenset.union(*(one.in_part for one in found)),
    )


def _of_entry(entry: Entry, tree: Tree) -> Iterator[Rules]:
    is_code = entry.suffix in SUFFIXES and entry.kind is EntryKind.FILE
    if not is_code or entry.role in {Role.TEST, Role.EXAMPLE} or entry.size > MAX_BYTES:
        return
    text = tree.text(entry.path)
    if not isinstance(text, str) or not ("Guardrail(" in text or "_guardrail" in text):
        return
    if "bedrock" not in text.lower():
        return  # other libraries have guardrails too
    bare = COMMENT.sub("", text)
    for made in MADE.finditer(bare):
        yield _read(_body(bare, made.end() - 1))


def _body(text: str, start: int) -> str:
    """From the first bracket to the one that closes it."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in OPENING:
            depth += 1
        elif text[at] in CLOSING:
            depth -= 1
            if depth == 0:
                return text[start : at + 1]
    return ""


def _read(body: str) -> Rules:
    blocks = [_pairs(block.group(1)) for block in BLOCK.finditer(body)]
    filters = {one["type"]: one for one in blocks if "type" in one}
    pii = {kind for kind, one in filters.items() if _stops(one)}
    before, after = _by_strength(filters)
    if pii & PERSONS or pii & KEYS:
        before, after = before | {PII}, after | {PII}
    if "DENY" in filters or DENIED.search(body):
        before, after = before | {OFF_TOPIC}, after | {OFF_TOPIC}
    if "threshold" in filters.get("GROUNDING", {}):
        after = after | {GROUNDING}
    complete = pii >= PERSONS and pii & KEYS
    return Rules(before=before, after=after, in_part=frozenset(() if complete else {PII}))


def _stops(block: Mapping[str, str]) -> bool:
    """Each action that is stated masks or blocks; what is only counted stops nothing."""
    actions = [value for key, value in block.items() if key.endswith("action")]
    enabled = all(value != "FALSE" for key, value in block.items() if key.endswith("enabled"))
    return bool(actions) and enabled and set(actions) <= STOPPED


def _by_strength(
    filters: Mapping[str, Mapping[str, str]],
) -> tuple[frozenset[GuardTopic], frozenset[GuardTopic]]:
    def at_work(kinds: Iterable[str], side: str) -> bool:
        return all(
            filters.get(kind, {}).get(f"{side}strength", "NONE") != "NONE"
            and filters[kind].get(f"{side}action", "BLOCK") in STOPPED
            for kind in kinds
        )

    before = frozenset({INJECTION} if at_work(["PROMPT_ATTACK"], "input") else ())
    return before, frozenset({HARM} if at_work(HARMS, "output") else ())


def _pairs(block: str) -> dict[str, str]:
    """`inputStrength: Strength.HIGH` and `input_strength = "HIGH"` alike."""
    return {
        name.replace("_", "").lower(): value.rpartition(".")[2].upper()
        for name, value in PAIR.findall(block)
    }
