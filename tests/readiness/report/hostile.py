"""A report in which everything that comes from a repository tries to break out."""

from msgspec.structs import replace

from tenken.evidence import Finding, FindingKind, Remark
from tenken.place import Place
from tenken.readiness.catalogue import Both, Catalogue, Cheat, Guide, Item
from tenken.readiness.facts.tree import CollectorProblem, LeftOut
from tenken.readiness.inspection import GateResult, Report
from tenken.readiness.verdict import Verdict
from tenken.sentence import Sentence, say
from tests.readiness.report.build import catalogue, report

EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`|]( [a](javascript:alert(1)) "
    "\x1b[31mred\x1b]8;;https://example.com\x07 \u202etxt.exe\u2066 \x00 "
    "@hana https://example.com "
    "]]> {service} {0.__class__} %s"
)


def hostile_report(evil: str = EVIL) -> Report:
    """Make a report in which everything that comes from a repository tries to break out."""
    plain = report()
    return replace(
        plain,
        service=evil,
        root=evil,
        manifest=evil,
        stack=evil,
        catalogue=_hostile_catalogue(evil),
        repository=replace(plain.repository, branch=evil, remote=f"github.com/{evil}"),
        verdicts=tuple(_hostile(one, evil) for one in plain.verdicts),
        gate=GateResult(passed=False, asked=(evil,), stopped_by=(_evil_sentence(evil),)),
        left_out=(LeftOut(path=evil, files=3, reason=evil),),
        problems=(CollectorProblem(path=evil, line=3, sentence=_evil_sentence(evil)),),
    )


def _hostile_catalogue(evil: str) -> Catalogue:
    both = Both(ja=evil, en=evil)
    plain = catalogue()
    sections = tuple(
        replace(
            section, title=both, items=tuple(_hostile_item(item, evil) for item in section.items)
        )
        for section in plain.sections
    )
    return replace(plain, sections=sections, extended_by=(evil,))


def _hostile_item(item: Item, evil: str) -> Item:
    both = Both(ja=evil, en=evil)
    return replace(
        item,
        title=both,
        explanation=both,
        why=both,
        subs=tuple(replace(sub, title=both) for sub in item.subs),
        remedies={name: replace(remedy, text=both) for name, remedy in item.remedies.items()},
        cheats=(Cheat(id="x", text=both),),
        guides={evil: Guide(ja=evil, en=evil, where=evil)},
        mappings={evil: (evil,)},
    )


def _hostile(judged: Verdict, evil: str) -> Verdict:
    place = Place(evil, 7)
    sentence = _evil_sentence(evil)
    weighed = tuple(
        replace(
            one,
            because=sentence,
            observer=evil,
            evidence=replace(one.evidence, probe=evil, subjects={evil: evil}, reproduce=evil),
        )
        for one in judged.evidence
    )
    return replace(
        judged,
        findings=(Finding(kind=FindingKind.LIE, sentence=sentence, place=place),),
        seen=(Remark(sentence=sentence, place=place),),
        reasons=(sentence,),
        evidence=weighed,
        signed=judged.signed and replace(judged.signed, name=evil, statement=evil, role=evil),
        waiver=judged.waiver and replace(judged.waiver, owner=evil, reason=evil),
        awaits=judged.awaits and evil,
    )


def _evil_sentence(evil: str) -> Sentence:
    return say("planted.neutralised", step=evil, how=evil)
