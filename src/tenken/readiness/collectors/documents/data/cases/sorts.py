"""What sort of case a row is: an edge, a known failure, an attack; by whatever tells it."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

from collections.abc import Iterator, Mapping
from functools import lru_cache

from tenken.pattern import Pattern

KIND_WORDS = (
    (
        "adversarial",
        r"adversar|attack|jailbreak|(^|[^a-z])inject|red[-_ ]?team|hostile|攻撃|敵対|脱獄",
    ),
    (
        "failure",
        r"(^|[^a-z])fail|incident|regress|(^|[^a-z])bug|known[-_ ]?issue|失敗|障害|不具合|再発",
    ),
    ("edge", r"(^|[^a-z])(edge|corner|boundary|limit)|境界|エッジ|極端|稀"),
    ("production", r"(^|[^a-z])prod(uction)?([^a-z]|$)|sampled|本番"),
    ("golden", r"golden|typical|happy|(^|[^a-z])normal|代表|正常|通常"),
)
KIND_PATTERNS = tuple((kind, Pattern(f"(?i){words}")) for kind, words in KIND_WORDS)

KINDS = ("kind", "case_type", "case_kind", "type", "種別", "種類")
LABELS = (
    "category", "categories", "tags", "tag", "difficulty", "bucket", "group", "slice", "suite", "scenario_type", "test_type",
    "question_type", "query_type", "subcategory", "class", "カテゴリ", "カテゴリー", "分類", "タグ", "難易度",
)  # fmt: skip
"""Keys that tell what a row is about, and sometimes what sort of case it is."""
ATTACKS = (
    "attack_type",
    "attack",
    "attack_category",
    "threat",
    "threat_type",
    "owasp",
    "攻撃種別",
)
NO_ATTACK = frozenset({"none", "benign", "safe", "false", "no", "clean", "n/a", "-"})
FLAGS: Mapping[str, str] = {
    "is_adversarial": "adversarial", "adversarial": "adversarial", "is_attack": "adversarial", "is_injection": "adversarial",
    "is_edge_case": "edge", "edge_case": "edge", "should_refuse": "edge", "expected_refusal": "edge", "expect_refusal": "edge",
    "should_abstain": "edge", "expected_abstain": "edge", "unanswerable": "edge", "out_of_scope": "edge", "is_out_of_scope": "edge",
}  # fmt: skip
"""Set on a row, they tell its sort."""
UNSET: Mapping[str, str] = {"answerable": "edge", "is_answerable": "edge", "in_scope": "edge"}
"""Taken away from a row, they tell its sort."""

# A whole label has to say it: `attack surface` and `edge computing` are subjects of questions.
_LABEL_WORDS = (
    ("adversarial", (r"adversarial|attacks?|jail[-_ ]?break(ing)?|(prompt|indirect|direct|sql)?[-_ ]?injections?|red[-_ ]?team(ing)?"
     r"|data[-_ ]?exfil(tration)?|(system[-_ ]?)?prompt[-_ ]?(leak(age)?|extraction|exfiltration)|harmful|unsafe|toxic(ity)?|攻撃|敵対的?|脱獄")),
    ("failure", r"(known[-_ ]?)?(failures?|issues?)|regressions?|incidents?|bugs?|既知の失敗|不具合|再発"),
    ("edge", (r"edge([-_ ]?cases?)?|corner([-_ ]?cases?)?|boundary|out[-_ ]?of[-_ ]?(scope|domain|corpus|context|kb|knowledge)|oos|ood|off[-_ ]?topic"
     r"|un-?answerable|not[-_ ]?answerable|no[-_ ]?answer|(should[-_ ]?)?(refus(e|al)|abstain|abstention)|not[-_ ]?(in[-_ ]?)?(corpus|found|kb)"
     r"|ambigu(ous|ity)|under[-_ ]?specified|malformed|empty([-_ ]input)?|typos?|noisy|misspel(led|ling)|false[-_ ]?premise|contradict(ion|ory)"
     r"|境界|エッジケース|範囲外|対象外|回答不能|回答不可|曖昧|誤字")),
)  # fmt: skip
_LABELS = tuple((kind, Pattern(f"(?i)^({words})$")) for kind, words in _LABEL_WORDS)
NAMED = Pattern(
    r"(?i)(^|[-_.:/])(adv|adversarial|attack|inj|injection|jailbreak|red[-_]?team|edge|oos|ood|out[-_]of[-_]scope|unanswerable)[-_.:/]?(case)?[-_.:/]?\w*$"
)
"""An id such as `adv_014`, `golden-inj-02`, `edge_long_table`."""
_EDGES = frozenset({"edge", "oos", "ood", "unanswerable", "out-of-scope", "out_of_scope"})
IDS = ("id", "case_id", "test_id", "eval_id", "qid")
REFUSES = (
    '"should_refuse":true',
    '"refuse":true',
    '"refusal":true',
    '"should_abstain":true',
    '"abstain":true',
)
"""In what is expected, where that is an object of its own."""


@lru_cache(maxsize=4096)
def kind_of_text(text: str) -> str:
    """`edge`, `failure`, `adversarial`, `golden`, `production`, or nothing known."""
    return next((kind for kind, pattern in KIND_PATTERNS if pattern.search(text)), "")


def sort_of(values: Mapping[str, str]) -> str:
    """What sort of case a row is; empty where nothing of it tells one."""
    return next(_told(values), "")


def _told(values: Mapping[str, str]) -> Iterator[str]:
    """Every sort that something of the row tells, the plainest first."""
    yield from _by_key(values)
    for key in LABELS:
        if said := values.get(key):
            yield from filter(None, map(_of_label, said.split(",")))
    for key in IDS:
        if (said := values.get(key)) and (sort := _of_name(said)):
            yield sort


def _by_key(values: Mapping[str, str]) -> Iterator[str]:
    for key in KINDS:
        if (said := values.get(key)) and (sort := kind_of_text(said) or _of_label(said)):
            yield sort
    for key in ATTACKS:
        if (said := values.get(key)) and said.lower() not in NO_ATTACK:
            yield "edge" if _of_label(said) == "edge" else "adversarial"
    yield from (sort for key, sort in FLAGS.items() if values.get(key, "").lower() == "true")
    yield from (sort for key, sort in UNSET.items() if values.get(key, "").lower() == "false")
    expected = values.get("expected", "")
    if expected.startswith("{") and any(one in expected for one in REFUSES):
        yield "edge"


@lru_cache(maxsize=4096)
def _of_label(text: str) -> str:
    said = text.strip(" []\"'")
    bare = said.rpartition(":")[2].strip()
    return next((kind for kind, pattern in _LABELS if pattern.search(bare)), "")


def _of_name(text: str) -> str:
    found = NAMED.search(text[:80])
    if found is None:
        return ""
    word = found.group(2).lower()
    return "edge" if word in _EDGES else "adversarial"
