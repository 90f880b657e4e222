"""The pages of the checklist, a section each in two languages, and the index of its probes."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import re2
import yaml

from tenken.drills.prove.registry import DRILLS
from tenken.evidence import Method
from tenken.messages.speech import Language, Speech
from tenken.readiness.catalogue import Catalogue, Item, ProbeUse, Section, build, shipped
from tenken.readiness.probes.observed.registry import QUESTIONS
from tenken.readiness.probes.observed.unasked import why_not
from tenken.readiness.probes.registry import probes
from tenken.readiness.report.wording import Wording
from tenken.readiness.verdict import Outcome

FOLDERS = {Language.EN: "docs/checklist", Language.JA: "docs/ja/checklist"}
OTHER = {Language.EN: "../ja/checklist", Language.JA: "../../checklist"}
LABELS = {
    Language.EN: {
        "title": "The checklist",
        "contents": "{items} items in {sections} sections. The same list on the command line: "
        "`tenken items`.",
        "other": "日本語",
        "table": "| Section | Items | Hard gates |",
        "items": "| Item | | What decides |",
        "why": "Why",
        "asked": "What is asked",
        "probes": "| Question | Asked of | Parts |",
        "built_by": "Made true by",
        "mappings": "Elsewhere",
    },
    Language.JA: {
        "title": "チェックリスト",
        "contents": "{sections} 節 {items} 項目。コマンドラインでの一覧: `tenken items`",
        "other": "English",
        "table": "| 節 | 項目数 | 必須ゲート |",
        "items": "| 項目 | | 決め手 |",
        "why": "理由",
        "asked": "確認する問い",
        "probes": "| 問い | 確認の対象 | 小項目 |",
        "built_by": "実現するコード",
        "mappings": "他の基準との対応",
    },
}
PROBES = {
    Language.EN: {
        "page": "docs/reference/probes.md",
        "checklist": "../checklist",
        "title": "Probes",
        "contents": "Which item asks which question, and the module that answers it. A probe's "
        "name is a\nsentence that is true or false. A dash: no code of ours answers it yet.",
        "table": "| Item | Asked of | Probe | Module |",
        "missing": "{number} questions wait for their code.",
        "bare": "Items that a repository says nothing of",
        "none_bare": "None: every item has a question that a repository can answer.",
        "built": "Items made true by code of ours",
        "rest": "{number} items have no code of ours yet.",
    },
    Language.JA: {
        "page": "docs/ja/probes.md",
        "checklist": "checklist",
        "title": "検査の一覧",
        "contents": "どの項目にどの検査があり、どのモジュールが答えるか。"
        "検査の名前は、真か偽かが決まる英語の文。「–」は、まだ答えるコードがないもの。",
        "table": "| 項目 | 確認の対象 | 検査 | モジュール |",
        "missing": "{number} 件の検査には、まだ答えるコードがない。",
        "bare": "リポジトリからは何も分からない項目",
        "none_bare": "なし。どの項目にも、リポジトリで答えられる検査がある。",
        "built": "tenken のコードが満たす項目",
        "rest": "{number} 項目には、満たすコードがまだない。",
    },
}
CODE = re2.compile(r"`[^`]*`")
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


ITEMS = Path(__file__).resolve().parents[1] / "src" / "tenken" / "readiness" / "items"


def shipped_file() -> str:
    """The checklist of the YAML files, as the one file that is shipped and read fast."""
    files = sorted(ITEMS.glob("*.yaml"))
    sections = [yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) for file in files]
    return msgspec.json.encode(build(sections)).decode()


def pages() -> Iterator[tuple[str, str]]:
    """Every page: its path, and its text."""
    catalogue = shipped()
    for language, folder in FOLDERS.items():
        page = _Pages(language)
        yield f"{folder}/index.md", "\n".join(page.index(catalogue))
        for section in catalogue.sections:
            yield f"{folder}/{section.id}.md", "\n".join(page.section(section))
        yield PROBES[language]["page"], "\n".join(_index_of_probes(catalogue, language))


def safe(text: str) -> str:
    """A text that Markdown shows as it is: nothing in it becomes a tag; code spans stay."""
    flat = " ".join(text.split())
    between = CODE.split(flat)
    spans = [*CODE.findall(flat), ""]
    shown = (part.replace("<", "&lt;").replace("|", "\\|") for part in between)
    return "".join(a + b.replace("|", "\\|") for a, b in zip(shown, spans, strict=True))


class _Pages:
    """Writes the pages of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._speech = Speech(language)
        self._names = Wording(self._speech)
        self._labels = LABELS[language]

    def index(self, catalogue: Catalogue) -> Iterator[str]:
        items = len(list(catalogue.items))
        yield f"# {self._labels['title']}\n"
        contents = self._labels["contents"].format(items=items, sections=len(catalogue.sections))
        yield f"{contents} [{self._labels['other']}]({OTHER[self._language]}/index.md)\n"
        yield self._labels["table"]
        yield "|---|---|---|"
        for section in catalogue.sections:
            gates = ", ".join(item.id for item in section.items if item.hard_gate)
            title = safe(self._names.both(section.title))
            yield f"| [{section.id} {title}]({section.id}.md) | {len(section.items)} | {gates} |"
        yield ""

    def section(self, section: Section) -> Iterator[str]:
        yield f"# {section.id} {safe(self._names.both(section.title))}\n"
        yield f"[{self._labels['other']}]({OTHER[self._language]}/{section.id}.md)\n"
        yield self._labels["items"]
        yield "|---|---|---|"
        for item in section.items:
            title = safe(self._names.both(item.title))
            yield f"| [{item.id}](#{item.id}) | {title} | {self._decided(item)} |"
        yield ""
        for item in section.items:
            yield from self._item(item)

    def _item(self, item: Item) -> Iterator[str]:
        names = self._names
        yield f"## {item.id} {safe(names.both(item.title))} {{#{item.id}}}\n"
        yield f"{safe(names.both(item.explanation))}\n"
        yield f"*{self._labels['why']}*: {safe(names.both(item.why))}\n"
        yield from self._demands(item)
        yield from self._questions(item)
        yield f"**{self._speech.text('report.item_cheats')}**\n"
        yield from (f"- {safe(names.both(cheat.text))}" for cheat in item.cheats)
        yield ""
        yield from self._remedies(item)
        for stack, guide in item.guides.items():
            text = safe(self._speech.choose(ja=guide.ja, en=guide.en))
            heading = self._speech.text("report.item_guide", stack=names.stack(stack))
            yield f"**{heading}**: {text} → {safe(names.where(guide))}\n"
        if item.built_by:
            listed = ", ".join(f"`{name}`" for name in item.built_by)
            yield f"**{self._labels['built_by']}**: {listed}\n"
        if item.mappings:
            told = (
                f"{names.mapping(scheme)}: {safe(', '.join(ids))}"
                for scheme, ids in item.mappings.items()
            )
            yield f"**{self._labels['mappings']}**: {' · '.join(told)}\n"

    def _demands(self, item: Item) -> Iterator[str]:
        names, say = self._names, self._speech.text
        yield f"**{say('report.item_decided')}**\n"
        yield f"- {self._decided(item)} → {names.grade(item.needed)}"
        demanded = (f"{tier}: {names.grade(item.demanded(tier))}" for tier in item.tiers)
        yield f"- {' · '.join(demanded)}"
        for sub in item.subs:
            yield f"- ({sub.id}) {safe(names.both(sub.title))}: {names.method(sub.decides)}"
        if item.signature:
            role, days = names.role(item.signature.role), item.signature.max_days
            told = f"{names.signature(item.signature.kind)}: {role}"
            yield f"- {told} · {say('report.item_days', days=days)}"
        yield ""

    def _questions(self, item: Item) -> Iterator[str]:
        yield f"**{self._labels['asked']}**\n"
        yield self._labels["probes"]
        yield "|---|---|---|"
        for method, uses in _uses(item):
            for use in uses:
                asked_of = f"{self._names.method(method)}{self._apart(use)}"
                yield f"| `{use.probe}` | {asked_of} | {', '.join(use.subs)} |"
        yield ""

    def _apart(self, use: ProbeUse) -> str:
        """What sets a question apart: nobody asks it, or it alone proves nothing."""
        if unasked := why_not(use.probe):
            return f". {safe(self._speech(unasked))}"
        return f". {self._speech.text('report.item_supports')}" if use.supports else ""

    def _remedies(self, item: Item) -> Iterator[str]:
        yield f"**{self._speech.text('report.item_remedy')}**\n"
        for outcome, remedy in item.remedies.items():
            name = self._names.outcome(OUTCOMES[outcome])
            effort = self._names.effort(remedy.effort)
            command = f" `{self._names.command(remedy.command)}`" if remedy.command else ""
            text = safe(self._names.both(remedy.text))
            yield f"- *{name}* ({effort}): {text}{command}"
        yield ""

    def _decided(self, item: Item) -> str:
        gate = f" · {self._speech.text('report.hard_gate')}" if item.hard_gate else ""
        return f"{self._names.method(item.decides)}{gate}"


def _uses(item: Item) -> Iterator[tuple[Method, tuple[ProbeUse, ...]]]:
    yield Method.REPOSITORY, item.probes.repository
    yield Method.RUNTIME, item.probes.runtime
    yield Method.DRILL, item.probes.drill


def _index_of_probes(catalogue: Catalogue, language: Language) -> Iterator[str]:
    labels, say = PROBES[language], Wording(Speech(language))
    modules = dict(_modules())
    missing = 0
    yield f"# {labels['title']}\n"
    yield f"{labels['contents']}\n"
    yield labels["table"]
    yield "|---|---|---|---|"
    for item in catalogue.items:
        for method, uses in _uses(item):
            for use in uses:
                parts = f" ({', '.join(use.subs)})" if use.subs else ""
                module = modules.get((method, use.probe))
                missing += module is None
                where = f"{labels['checklist']}/{item.id[0]}.md#{item.id}"
                told = f"`{module}`" if module else "–"
                asked = method.value if language is Language.EN else say.method(method)
                yield f"| [{item.id}]({where}){parts} | {asked} | `{use.probe}` | {told} |"
    yield f"\n{labels['missing'].format(number=missing)}\n"
    yield from _items_without(catalogue, labels)


def _modules() -> Iterator[tuple[tuple[Method, str], str]]:
    yield from (((Method.REPOSITORY, name), one.__module__) for name, one in probes().items())
    for name, question in QUESTIONS.items():
        yield (Method.RUNTIME, name), question.ask.__module__
    for drill in DRILLS.values():
        for asked in drill.questions:
            yield (Method.DRILL, asked.probe), drill.run.__module__


def _items_without(catalogue: Catalogue, labels: Mapping[str, str]) -> Iterator[str]:
    bare = [item.id for item in catalogue.items if not item.probes.repository]
    yield f"## {labels['bare']}\n"
    yield f"{', '.join(bare) or labels['none_bare']}\n"
    yield f"## {labels['built']}\n"
    built = [item for item in catalogue.items if item.built_by]
    for item in built:
        yield f"- {item.id}: {', '.join(f'`{name}`' for name in item.built_by)}"
    yield f"\n{labels['rest'].format(number=len(list(catalogue.items)) - len(built))}\n"
