"""Reports for the renderers: every outcome, and texts that try to break out."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from tenken.evidence import (
    Answer,
    Evidence,
    Finding,
    FindingKind,
    Grade,
    Holding,
    Measurement,
    Method,
    Remark,
)
from tenken.place import Place
from tenken.readiness.catalogue import (
    NEEDED,
    Both,
    Catalogue,
    Cheat,
    Effort,
    Guide,
    Item,
    Probes,
    ProbeUse,
    Remedy,
    Section,
    Signature,
    SignatureKind,
    Sub,
    shipped,
)
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.tree import CollectorProblem, LeftOut
from tenken.readiness.inspection import Difference, GateResult, Lost, Report, levels_of
from tenken.readiness.verdict import (
    Outcome,
    Signed,
    Standing,
    SubVerdict,
    Verdict,
    Waiver,
    Weighed,
)
from tenken.sentence import Field, say

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
COMMIT = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"


def item(
    id_: str, en: str, ja: str, *, decides: Method = Method.REPOSITORY, **more: object
) -> Item:
    """Make an item of a small checklist."""
    subs = tuple(
        Sub(id=sub, decides=decides, title=Both(ja=f"細目 {sub}", en=f"Part {sub}"))
        for sub in str(more.get("subs", ""))
    )
    role = str(more.get("role", ""))
    kind = SignatureKind.DECIDES if decides is Method.PERSON else SignatureKind.COSIGN
    effort: Effort = "minutes" if role else "hours"
    command = f"tenken sign {id_}" if role else None
    return Item(
        id=id_,
        title=Both(ja=ja, en=en),
        explanation=Both(ja=f"{ja}。その内容の説明。", en=f"{en}. What it asks for, explained."),
        why=Both(ja="ないと障害の原因が追えない。", en="Without it nobody finds the cause."),
        decides=decides,
        hard_gate=bool(more.get("hard_gate")),
        tiers={"A": "configured", "B": "configured", "C": "declared"},
        subs=subs,
        probes=Probes(repository=(ProbeUse(probe="it_is_so"),), runtime=(), drill=()),
        signature=Signature(kind=kind, role=role, max_days=180) if role else None,
        remedies={
            outcome: Remedy(
                effort=effort,
                text=Both(
                    ja=f"{ja}を直す。詳しくは後述。", en=f"Mend {en.lower()}. Details follow."
                ),
                command=command,
            )
            for outcome in ("failed", "unknown", "configured")
        },
        cheats=(Cheat(id="empty_file", text=Both(ja="空のファイルを置く", en="An empty file")),),
        guides={
            stack: Guide(ja=f"{stack} での設定。", en=f"Set it on {stack}.", where=f"{stack}.tf")
            for stack in ("cloud-run-datadog", "gke", "ecs")
        },
        mappings={"owasp_llm_2025": ("LLM01",)},
    )


def catalogue() -> Catalogue:
    """Make a checklist of three sections in which every outcome has an item."""
    return Catalogue(
        digest="sha256:" + "ab" * 32,
        sections=(
            Section(
                id="0",
                title=Both(ja="ゴールとKPI", en="Goals and KPIs"),
                items=(
                    item(
                        "0-1-1",
                        "A goal is set",
                        "ゴールの設定",
                        decides=Method.PERSON,
                        role="product_owner",
                    ),
                    item("0-1-2", "Targets are read", "目標値の参照"),
                ),
            ),
            Section(
                id="1",
                title=Both(ja="安定性", en="Stability"),
                items=(
                    item("1-1-1", "Code is versioned", "コードの版管理"),
                    item("1-2-1", "Checks run in CI", "CI での検査", hard_gate=True),
                    item("1-3-1", "Evaluation gates", "評価ゲート", subs="ab"),
                    item("1-3-2", "Canary", "カナリア", decides=Method.DRILL),
                    item("1-4-1", "Fallback", "代替先", subs="abc"),
                ),
            ),
            Section(
                id="5",
                title=Both(ja="監視", en="Monitoring"),
                items=(
                    item("5-1-1", "Logs are structured", "構造化ログ", decides=Method.RUNTIME),
                    item("5-2-1", "Dashboards", "ダッシュボード"),
                    item("5-2-2", "Objectives", "SLO", role="ops_lead"),
                    item("5-2-3", "Alerts arrive", "アラートの到達", hard_gate=True),
                    item("5-3-1", "Calls are traced", "呼び出しのトレース"),
                ),
            ),
        ),
    )


def finding(
    id_: str, place: Place | None = None, kind: FindingKind = FindingKind.LIE, /, **fields: Field
) -> Finding:
    """Make a finding."""
    return Finding(kind=kind, sentence=say(id_, **fields), place=place)


def evidence(of: Item, answer: Answer, **more: object) -> Weighed:
    """Make evidence of a repository's probe."""
    standing = more.get("standing", Standing.COUNTS)
    assert isinstance(standing, Standing)
    return Weighed(
        standing=standing,
        observer=str(more.get("observer", "")),
        evidence=Evidence(
            item=of.id,
            subs=(),
            probe="it_is_so",
            probe_version=1,
            method=Method.REPOSITORY,
            answer=answer,
            subjects={"commit": COMMIT},
            observed_at=NOW,
            expires_at=datetime(2026, 12, 1, tzinfo=UTC) if more.get("expires") else None,
            measurements=(Measurement(name="p95", value=1.25, unit="s", n=400, low=1.1, high=1.4),)
            if more.get("measured")
            else (),
            reproduce=f"tenken explain {of.id}",
        ),
    )


def verdict(of: Item, outcome: Outcome, grade: Grade = Grade.NONE, **more: object) -> Verdict:
    """Make a verdict whose sub-criteria all stand like the item."""
    subs = tuple(
        SubVerdict(
            id=sub, outcome=outcome, grade=grade, needed=NEEDED[of.decides], method=of.decides
        )
        for sub in of.sub_ids
    )
    return Verdict(
        item=of.id,
        outcome=outcome,
        grade=grade,
        needed=of.needed,
        **{"subs": subs, **more},  # type: ignore[arg-type]
    )


SHARED = finding(
    "planted.neutralised", Place(".github/workflows/ci.yml", 34), step="pytest", how="|| true"
)
LONE = finding("planted.no_timeout", Place("app/llm.py", 52), FindingKind.GAP)
SEEN = Remark(
    sentence=say("planted.seen", step="ruff"), place=Place(".github/workflows/ci.yml", 21)
)
HOLDS = Answer(holding=Holding.HOLDS, seen=(SEEN,))
FAILS = Answer(holding=Holding.FAILS, findings=(SHARED,))
SOON = datetime(2026, 12, 1, tzinfo=UTC)
WAIVER = Waiver(
    item="5-3-1",
    reason="Traces come with the next release",
    owner="Hana Sato",
    expires_on=SOON.date(),
)
SIGNED = Signed(
    role="ops_lead",
    name="Ken Abe",
    statement="These objectives fit.",
    signed_at=NOW,
    expires_on=date(2027, 5, 21),
)
PARTS = tuple(
    SubVerdict(
        id=sub,
        outcome=outcome,
        grade=grade,
        needed=Grade.CONFIGURED,
        method=Method.REPOSITORY,
    )
    for sub, outcome, grade in (
        ("a", Outcome.VERIFIED, Grade.CONFIGURED),
        ("b", Outcome.FAILED, Grade.NONE),
        ("c", Outcome.UNKNOWN, Grade.NONE),
    )
)


def verdicts(of: Mapping[str, Item]) -> tuple[Verdict, ...]:
    """Give every outcome once or more, in the order of the small checklist."""
    return (*_goals(of), *_stability(of), *_monitoring(of))


def _goals(of: Mapping[str, Item]) -> Iterator[Verdict]:
    unsigned = (say("judge.awaits_signature", role="product_owner"),)
    yield verdict(
        of["0-1-1"],
        Outcome.CONFIGURED,
        Grade.DECLARED,
        awaits="product_owner",
        reasons=unsigned,
    )
    sought = (say("planted.looked_for", what="target"),)
    yield verdict(of["0-1-2"], Outcome.UNKNOWN, reasons=sought)


def _stability(of: Mapping[str, Item]) -> Iterator[Verdict]:
    measured = evidence(of["1-1-1"], HOLDS, measured=True)
    yield verdict(
        of["1-1-1"], Outcome.VERIFIED, Grade.CONFIGURED, seen=(SEEN,), evidence=(measured,)
    )
    for id_ in ("1-2-1", "1-3-1"):
        given = (evidence(of[id_], FAILS),)
        yield verdict(of[id_], Outcome.FAILED, findings=(SHARED,), evidence=given)
    old = evidence(of["1-3-2"], HOLDS, standing=Standing.STALE, observer="drills")
    yield verdict(of["1-3-2"], Outcome.STALE, Grade.CONFIGURED, evidence=(old,))
    yield verdict(of["1-4-1"], Outcome.PARTIAL, subs=PARTS, findings=(LONE,), seen=(SEEN,))


def _monitoring(of: Mapping[str, Item]) -> Iterator[Verdict]:
    lift = (say("judge.lifted_by_runtime", probes="log_lines_parse"),)
    yield verdict(of["5-1-1"], Outcome.CONFIGURED, Grade.CONFIGURED, seen=(SEEN,), reasons=lift)
    yield verdict(of["5-2-1"], Outcome.NOT_VISIBLE, reasons=(say("planted.console"),))
    yield verdict(
        of["5-2-2"],
        Outcome.VERIFIED,
        Grade.CONFIGURED,
        signed=SIGNED,
        seen=(SEEN,),
        expires_at=SOON,
    )
    crash = say(
        "judge.probe_crashed", probe="alerts_reach", error="KeyError", detail="x", at="p.py:3"
    )
    yield verdict(of["5-2-3"], Outcome.ERROR, reasons=(crash,))
    yield verdict(
        of["5-3-1"],
        Outcome.WAIVED,
        waiver=WAIVER,
        underlying=Outcome.FAILED,
        expires_at=SOON,
    )


def report(**changes: object) -> Report:
    """Make a report in which every outcome occurs; `changes` replace parts of it."""
    checklist = catalogue()
    judged = verdicts({one.id: one for one in checklist.items})
    parts: dict[str, object] = {
        "tool_version": "0.1.0",
        "made_at": NOW,
        "service": "shift-desk",
        "root": "examples/shift-desk",
        "prefix": "examples/shift-desk",
        "tier": "B",
        "catalogue": checklist,
        "repository": RepositoryFacts(
            is_git=True,
            commit=COMMIT,
            branch="main",
            dirty=False,
            remote="github.com/example/shift-desk",
        ),
        "verdicts": judged,
        "levels": levels_of(checklist, judged),
        "gate": GateResult(
            passed=False, asked=("hard-gate",), stopped_by=(say("planted.console"),)
        ),
        "left_out": (
            LeftOut(path="web/node_modules", files=1200, reason="vendored"),
            LeftOut(path="gen/api.py", files=34, reason="generated"),
        ),
        "problems": (
            CollectorProblem(
                path="slo/api.yaml", line=4, sentence=say("config.yaml_too_deep", detail="64")
            ),
        ),
        "difference": Difference(
            since=datetime(2026, 11, 15, tzinfo=UTC),
            commit="0" * 40,
            lost=(Lost(item="1-2-1", before=Outcome.VERIFIED, after=Outcome.FAILED),),
            gained=(Lost(item="1-1-1", before=Outcome.UNKNOWN, after=Outcome.VERIFIED),),
        ),
        "files_read": 321,
        "seconds": 0.42,
        **changes,
    }
    return Report(**parts)  # type: ignore[arg-type]


def full_report() -> Report:
    """Make a report over the whole shipped checklist, each outcome in turn."""
    checklist = shipped()
    outcomes = [one for one in Outcome if one is not Outcome.WAIVED]
    some = verdicts({one.id: one for one in catalogue().items})
    judged = tuple(
        verdict(
            one,
            outcomes[at % len(outcomes)],
            Grade.CONFIGURED,
            seen=some[2].seen,
            findings=some[3].findings,
            reasons=some[1].reasons,
            evidence=some[3].evidence * 3,
        )
        for at, one in enumerate(checklist.items)
    )
    return report(
        catalogue=checklist, verdicts=judged, levels=levels_of(checklist, judged), difference=None
    )
