"""Failure scenarios by class, and whether a runbook can be followed."""

# ruff: noqa: E501 - patterns and vocabularies read best unbroken

from collections.abc import Iterable, Iterator, Mapping

from tenken.evidence import Answer, Finding, Holding, Remark
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.code import Peer, PeerKind
from tenken.readiness.facts.documents import (
    Aspect,
    Column,
    Document,
    DocumentKind,
    Section,
    Statement,
    Subject,
)
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.documents.sameness import body_of, essence, repeated
from tenken.readiness.probes.documents.typed import is_filled_in
from tenken.readiness.probes.documents.written import MOST_TOLD, judged_by
from tenken.readiness.probes.gateways.once import once
from tenken.sentence import say, words

CLASSES: Mapping[str, str] = {
    "llm_api": r"llm|model|openai|anthropic|gemini|vertex|bedrock|provider|gpt|claude|モデル|プロバイダ|生成ai",
    "network": r"network|dns|tls|connect|egress|latency between|packet|vpc|ネットワーク|通信|回線|接続断|名前解決",
    "resource": r"resource|memory|oom|cpu|disk|quota|instance|thread|pool|exhaust|capacity"
    r"|リソース|資源|メモリ|枯渇|ディスク|過負荷|容量",
    "dependency": r"depend|database|\bdb\b|cache|redis|queue|storage|upstream|third[- ]party|external|service|api"
    r"|依存|データベース|キャッシュ|外部|連携|キュー|ストレージ",
}  # fmt: skip
NAME_BREAK = Pattern(r"[^a-z0-9]+")
PATTERNS = {name: Pattern(f"(?i){words}") for name, words in CLASSES.items()}
SHORTEST_SCENARIO = 6

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "postgres": ("postgres", "database", "cloud sql", "rds", "データベース", " db"),
    "mysql": ("mysql", "database", "cloud sql", "rds", "データベース", " db"),
    "redis": ("redis", "memorystore", "elasticache", "cache", "キャッシュ", "valkey"),
    "pinecone": ("pinecone", "vector", "ベクトル"),
    "s3": ("s3", "storage", "ストレージ", "bucket", "バケット"),
    "gcs": ("gcs", "cloud storage", "storage", "ストレージ", "bucket", "バケット"),
}
KIND_WORDS: Mapping[PeerKind, tuple[str, ...]] = {
    PeerKind.DATABASE: ("database", "データベース", " db"),
    PeerKind.VECTOR: ("vector", "ベクトル"),
    PeerKind.CACHE: ("cache", "キャッシュ"),
    PeerKind.QUEUE: ("queue", "pub/sub", "キュー"),
    PeerKind.STORAGE: ("storage", "ストレージ"),
    PeerKind.SEARCH: ("search", "検索"),
}
HOST_NOISE = frozenset(
    {"api", "www", "com", "jp", "net", "org", "io", "co", "example", "http", "https", "url"}
)


def class_of(scenario: Statement) -> str:
    """`llm_api`, `network`, `resource` or `dependency`; the class cell first, then the text."""
    for said in (
        scenario.text(Column.CLASS),
        scenario.heading.rpartition("/")[2],
        scenario.text(Column.WHAT),
    ):
        for name, pattern in PATTERNS.items():
            if said and pattern.search(said):
                return name
    return ""


@once
def real_scenarios(survey: Survey) -> tuple[Statement, ...]:
    """Scenarios that say what happens, not only of which class it is."""
    return tuple(
        one
        for one in survey.documents.on(Subject.SCENARIO)
        if len(one.text(Column.WHAT, Column.NAME)) >= SHORTEST_SCENARIO
    )


@once
def _of_each_class(survey: Survey) -> Mapping[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for one in real_scenarios(survey):
        found.setdefault(class_of(one), []).append(one)
    return found


def listed(survey: Survey, kind: str) -> Answer:
    """Whether failures of a class are listed."""
    scenarios = real_scenarios(survey)
    if not scenarios:
        empty = survey.documents.on(Subject.SCENARIO)
        if empty:
            return fails(lie("probes_3.scenarios_are_a_template", empty[0].place))
        return unknown(say("probes_3.no_scenarios"))
    found = _of_each_class(survey).get(kind, [])
    if not found:
        return fails(gap(f"probes_3.none_of_{kind}", scenarios[0].place, count=len(scenarios)))
    copied = _copied(scenarios)
    if all(one in copied for one in found):
        return fails(lie("probes_3.scenario_copied", found[0].place, what=_what(found[0])))
    remarks = tuple(
        seen("probes_3.scenario_listed", one.place, what=one.text(Column.WHAT, Column.NAME))
        for one in found[:MOST_TOLD]
    )
    missing = tuple(_unlisted(scenarios, survey)) if kind == "dependency" else ()
    return partly(remarks, missing[:MOST_TOLD]) if missing else holds(*remarks)


def _copied(scenarios: tuple[Statement, ...]) -> list[Statement]:
    """Scenarios that another class has in the same words: one text, filed four times."""
    alike = repeated(map(_what, scenarios))
    classes: dict[str, set[str]] = {}
    for one in scenarios:
        classes.setdefault(essence(_what(one)), set()).add(class_of(one))
    copied = {text for text in alike if len(classes[text]) > 1}
    return [one for one in scenarios if essence(_what(one)) in copied]


def _what(scenario: Statement) -> str:
    return scenario.text(Column.WHAT, Column.NAME)


def _unlisted(scenarios: tuple[Statement, ...], survey: Survey) -> Iterator[Finding]:
    for peer in in_no_scenario(scenarios, survey.code.peers):
        yield lie("probes_3.dependency_in_no_scenario", peer.place, peer=peer.name)


def in_no_scenario(scenarios: tuple[Statement, ...], peers: Iterable[Peer]) -> Iterator[Peer]:
    """What is depended on, beside models, and stands in no scenario."""
    named = (Column.WHAT, Column.NAME, Column.DEPENDENCY, Column.CLASS)
    said = " ".join(one.text(column) for one in scenarios for column in named).lower()
    told: set[str] = set()
    for peer in peers:
        if peer.kind is PeerKind.MODEL or peer.name in told or is_named(peer, f" {said}"):
            continue
        told.add(peer.name)
        yield peer


def is_named(peer: Peer, said: str) -> bool:
    """Whether a text in lower case speaks of it, by its name or what it is."""
    name = peer.name.lower()
    words = (name, *SYNONYMS.get(name, ()), *KIND_WORDS.get(peer.kind, ()))
    if any(word in said for word in words):
        return True
    parts = [part for part in NAME_BREAK.split(name) if len(part) > 2 and part not in HOST_NOISE]
    return any(part.rstrip("s") in said for part in parts)


# -- runbooks

RUNBOOK_ASPECTS = (Aspect.DETECT, Aspect.ACT, Aspect.VERIFY, Aspect.ROLL_BACK, Aspect.OWNER)
DOES = (Aspect.ACT, Aspect.ACTIONS, Aspect.EMERGENCY)
OWNER_FIELDS = ("owner", "owners", "担当", "担当者", "責任者", "オーナー", "主管")
SHORTEST_SECTION = 12
FEWEST_SAYINGS = 3
"""Detecting, acting, verifying and rolling back are not told in the same words."""
SCREEN = Pattern(r"(?i)https?://|dashboard|console|screen|画面|ダッシュボード|コンソール|管理画面")

NAMES = Pattern(r"""https?://[^\s<>]+|["'`「『“][^"'`」』”]{2,}["'`」』”]|[0-9]| > |→""")
"""What a screen is called, where on it, and a figure: words that are true of one place only."""


def runbook_lacks(document: Document) -> tuple[str, ...]:
    """What a runbook does not say: `detect`, `act`, `verify`, `roll_back`, `owner`, `commands`."""
    lacking = [aspect.value for aspect in RUNBOOK_ASPECTS if not _covers(document, aspect)]
    typed = any(map(_can_be_followed, document.sections))
    said = {essence(one.text) for one in document.sections if one.aspect and one.level > 1}
    if not lacking and len(said) < FEWEST_SAYINGS:
        lacking = [aspect.value for aspect in RUNBOOK_ASPECTS[1:]]  # one filler under each heading
    return (*lacking, *(() if typed else ("commands",)))


def _can_be_followed(section: Section) -> bool:
    """It holds a command to type, or names a screen and what is on it."""
    if any(map(is_filled_in, section.commands)):
        return True
    said = section.text
    if not said:
        return False
    for command in section.commands:
        said = said.replace(command, "")
    return bool(SCREEN.search(said) and NAMES.search(said))


def _covers(document: Document, aspect: Aspect) -> bool:
    if aspect is Aspect.OWNER and any(document.fields.get(key) for key in OWNER_FIELDS):
        return True
    asked = DOES if aspect is Aspect.ACT else (aspect,)
    shortest = 3 if aspect is Aspect.OWNER else SHORTEST_SECTION
    sections = [one for part in asked for one in document.about(part) if one.level]
    return any(len(one.text) >= shortest for one in sections)


def is_headings_only(document: Document) -> bool:
    """A form: aspects are headings, and nothing stands under any of them."""
    return not any(one.text for one in document.sections if one.aspect and one.level > 1)


def have_runbooks(survey: Survey) -> Answer:
    """Every failure scenario leads to a runbook that can be followed."""
    scenarios = real_scenarios(survey)
    if not scenarios:
        return _steps_alone(survey) or unknown(say("probes_3.no_scenarios"))
    answer = judged_by(
        scenarios, lambda one: _runbook_flaw(one, survey), lambda one: _runbook_seen(one, survey)
    )
    if answer.holding is Holding.FAILS and all(
        one.sentence.id == "probes_3.scenario_without_runbook" for one in answer.findings
    ):
        # Steps are there; which scenario they are for, nothing says.
        alone = _steps_alone(survey)
        return partly(alone.seen, answer.findings) if alone else answer
    shared = _one_page_for_all(scenarios, survey)
    return partly(answer.seen, (shared,)) if shared and not answer.findings else answer


FAILURE = Pattern(
    r"(?i)fail|issue|error|problem|cannot|can't|won't|refus|unhealthy|\bdown\b|outage|slow|oom\b|crash"
    r"|time[d -]?out|restarts|障害|失敗|エラー|異常|遅延|停止|繋がらない|つながらない|できない"
)
FEWEST_FAILURES = 2
TROUBLE = Pattern(r"(?i)(^|/)(troubleshooting|トラブルシューティング)[^/]*$")
"""A page of its own for what goes wrong, by whatever list it was made."""


def _steps_alone(survey: Survey) -> Answer | None:
    """A runbook with commands for failures that no list of scenarios names."""
    steps = [
        seen("probes_3.steps_for_a_failure", section.place, failure=section.title)
        for document in survey.documents.documents
        if document.kind is DocumentKind.RUNBOOK or TROUBLE.search(document.path)
        for section in document.sections
        if FAILURE.search(section.title) and section.commands
    ]
    if len(steps) < FEWEST_FAILURES:
        return None
    flaw = gap("probes_3.steps_without_scenarios", steps[0].place)
    return partly(tuple(steps[:MOST_TOLD]), (flaw,))


def _runbook_of(scenario: Statement, survey: Survey) -> Document | None:
    known = _numbered(survey)
    led = (known[link.path] for link in scenario.links if link.resolves and link.path in known)
    first = min(led, default=None)
    return None if first is None else survey.documents.documents[first]


@once
def _numbered(survey: Survey) -> Mapping[str, int]:
    """The number of each document by its path, the first where two have one."""
    documents = survey.documents.documents
    return {documents[at].path: at for at in reversed(range(len(documents)))}


def _runbook_seen(scenario: Statement, survey: Survey) -> Remark:
    document = _runbook_of(scenario, survey)
    path = document.path if document else ""
    return seen(
        "probes_3.runbook_followable", scenario.place, scenario=name_of(scenario), runbook=path
    )


def _runbook_flaw(scenario: Statement, survey: Survey) -> Finding | None:
    name = name_of(scenario)
    dead = next((link for link in scenario.links if link.resolves is False), None)
    if dead is not None:
        return lie("probes_3.runbook_link_is_dead", dead.place, scenario=name, target=dead.target)
    document = _runbook_of(scenario, survey)
    if document is None:
        outside = any(link.resolves is None for link in scenario.links)
        id_ = "probes_3.runbook_elsewhere" if outside else "probes_3.scenario_without_runbook"
        return gap(id_, scenario.place, scenario=name)
    lacking = runbook_lacks(document)
    if not lacking:
        return None
    place = Place(document.path, 1)
    if is_headings_only(document):
        return lie("probes_3.runbook_is_headings", place, scenario=name)
    return gap("probes_3.runbook_lacks", place, scenario=name, parts=words("part", lacking))


def _one_page_for_all(scenarios: tuple[Statement, ...], survey: Survey) -> Finding | None:
    pages = [one for scenario in scenarios if (one := _runbook_of(scenario, survey))]
    classes = {class_of(one) for one in scenarios}
    if len(scenarios) <= 2 or len(classes) <= 1 or len({body_of(one) for one in pages}) != 1:
        return None
    paths = sorted({one.path for one in pages})
    if len(paths) == 1:
        return lie("probes_3.one_runbook_for_all", Place(paths[0], 1), count=len(scenarios))
    return lie("probes_3.runbook_copied", Place(paths[1], 1), count=len(paths), first=paths[0])


def name_of(scenario: Statement) -> str:
    """How a scenario is told from the others."""
    return scenario.text(Column.ID, Column.WHAT, Column.NAME)
