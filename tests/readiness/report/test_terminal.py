"""The first screen says where it stands, what is not true, and what to do next."""

import pytest
from inline_snapshot import snapshot
from rich.cells import cell_len

from tenken.evidence import FindingKind, Grade
from tenken.messages.speech import Speech
from tenken.readiness.inspection import GateResult
from tenken.readiness.report.terminal import Screen, render
from tenken.readiness.verdict import Outcome
from tenken.sentence import say
from tests.readiness.report.build import catalogue, finding, report, verdict
from tests.readiness.report.planted import BOTH_LANGUAGES, EN, JA

in_both = pytest.mark.parametrize("speech", BOTH_LANGUAGES, ids=["en", "ja"])


def test_the_first_screen_in_english() -> None:
    """Everything in its order."""
    shown = render(report(), EN, Screen(width=90, saved="tenken.html")).plain

    assert shown == snapshot("""\
shift-desk · level 0 of 4 · tier B · commit 1a2b3c4 on main
No level above 1 until these hard gates are proved: 1-2-1, 5-2-3

✓ 2 proved  ◐ 1 configured  ✗ 4 not met  ? 4 unknown  ✎ 1 needs sign-off
1 waived, counted as not met
1 where a probe could not run, counted as unknown

Looks done and is not  1
  ✗ .github/workflows/ci.yml:34  1-2-1, 1-3-1
    `pytest` runs with `|| true`: its failure stops nothing.

Seen to be missing  1
  ✗ app/llm.py:52  1-4-1
    This call states no timeout; the provider's ten minutes apply.

Do next  8
  hours    1-2-1  Mend checks run in ci. Details follow.
  minutes  0-1-1  Mend a goal is set. Details follow.
           $ tenken sign 0-1-1
  hours    1-3-1  Mend evaluation gates. Details follow.
  hours    1-4-1  Mend fallback. Details follow.
  hours    0-1-2  Mend targets are read. Details follow.

Expires soon  2
  2026-12-01  5-2-2  Objectives
  2026-12-01  5-3-1  Calls are traced

Since 2026-11-15: 1 better, 1 worse
Without `tenken.yaml`, goals, targets, capacity and decisions stay unknown: `tenken init`
drafts it
Left out: 1,234 files (1,200 third-party code, such as web/node_modules; 34 generated
files, such as gen/api.py)
Not understood or not counted: 1
  slo/api.yaml:4: Nested deeper than 64 levels; flatten it

✗ Gate failed
  The dashboard is kept in a console that a repository does not show.

The whole report: tenken.html
321 files read in 0.4 s
""")


def test_the_first_screen_in_japanese() -> None:
    """The same in Japanese."""
    shown = render(report(), JA, Screen(width=90, saved="tenken.html")).plain

    assert shown == snapshot("""\
shift-desk · レベル 0 / 4 · リスク区分 B · コミット 1a2b3c4（main）
次の必須項目が実証されるまでレベルは 1 以下: 1-2-1, 5-2-3

✓ 2 実証済み  ◐ 1 設定済み  ✗ 4 未達  ? 4 未確認  ✎ 1 要承認
うち免除 1 件は未達に含む
実行できなかった検査 1 件は未確認に含む

できているように見えて、できていない  1
  ✗ .github/workflows/ci.yml:34  1-2-1, 1-3-1
    `pytest` は `|| true` 付きで実行され、失敗しても何も止まらない。

不足を確認  1
  ✗ app/llm.py:52  1-4-1
    この呼び出しにタイムアウト指定がない。プロバイダ既定の 10 分が効く。

次の一手  8
  数時間  1-2-1  CI での検査を直す。詳しくは後述。
  数分    0-1-1  ゴールの設定を直す。詳しくは後述。
          $ tenken sign 0-1-1
  数時間  1-3-1  評価ゲートを直す。詳しくは後述。
  数時間  1-4-1  代替先を直す。詳しくは後述。
  数時間  0-1-2  目標値の参照を直す。詳しくは後述。

まもなく期限切れ  2
  2026-12-01  5-2-2  SLO
  2026-12-01  5-3-1  呼び出しのトレース

2026-11-15 から: 改善 1 件、後退 1 件
`tenken.yaml` がなく、目標・容量・決定事項は未確認のまま。`tenken init` で下書きを作れる
対象外: 1,234 ファイル（第三者のコード 1,200、例 web/node_modules; 生成物 34、例
gen/api.py）
読み取れないか、数えられないもの: 1 件
  slo/api.yaml:4: 入れ子が 64 段を超えている。浅くする

✗ ゲート不合格
  ダッシュボードはコンソールにあり、リポジトリからは見えない。

報告書の全体: tenken.html
321 ファイルを 0.4 秒で検査
""")


@in_both
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_fit_the_terminal(width: int, speech: Speech) -> None:
    """No line is broken by the terminal, in Japanese either; a long path may stand out."""
    shown = render(report(), speech, Screen(width=width)).plain
    prose = [line for line in shown.splitlines()[4:] if "/" not in line]

    assert [line for line in prose if cell_len(line) > width and " " in line.strip()] == []


@in_both
def test_a_pipe_gets_whole_sentences(speech: Speech) -> None:
    """What is searched for with grep stands on one line."""
    shown = render(report(), speech).plain

    assert speech.text("report.no_manifest") in shown.splitlines()


def test_meaning_never_rests_on_colour() -> None:
    """Without its styles the screen still says what is good and what is not."""
    shown = render(report(), EN).plain

    assert "✓ 2 proved" in shown
    assert "✗ 4 not met" in shown
    assert "✗ Gate failed" in shown


def test_a_finding_of_several_items_is_shown_once() -> None:
    """One fault is one line, with every item that it concerns."""
    shown = render(report(), EN).plain

    assert shown.count(".github/workflows/ci.yml:34") == 1
    assert ".github/workflows/ci.yml:34  1-2-1, 1-3-1" in shown


def test_without_a_lie_gaps_are_shown() -> None:
    """An honest repository is told so, and what is missing."""
    (item,) = catalogue().sections[0].items[:1]
    gap = finding("planted.no_timeout", None, FindingKind.GAP)
    judged = verdict(item, Outcome.FAILED, findings=(gap,))
    shown = render(report(verdicts=_only(item.id, judged)), EN).plain

    assert "Nothing was found that looks done and is not" in shown
    assert "Seen to be missing  1" in shown


def test_nothing_left_to_do_is_said() -> None:
    """A proved application is not sent looking for work."""
    items = tuple(catalogue().items)
    judged = tuple(verdict(item, Outcome.VERIFIED, Grade.EXERCISED) for item in items)
    gate = GateResult(passed=True, asked=("tier",))
    shown = render(report(verdicts=judged, gate=gate), EN).plain

    assert "Everything is proved; nothing is left to do" in shown
    assert "✓ Gate passed (tier)" in shown


@in_both
def test_what_the_gate_stops_at_is_named_by_its_title(speech: Speech) -> None:
    """Nobody knows items by their ids alone; a reason without an item stays as it is."""
    reasons = (say("gate.failed", item="1-2-1"), say("gate.failed", item="9-9-9"))
    stopped = GateResult(passed=False, asked=("failed",), stopped_by=reasons)
    shown = render(report(gate=stopped), speech).plain.splitlines()
    title = speech.choose(ja="CI での検査", en="Checks run in CI")

    assert "  " + speech.text("report.of_item", said=speech(reasons[0]), title=title) in shown
    assert f"  {speech(reasons[1])}" in shown


def test_a_gate_that_nobody_asked_for_is_not_green() -> None:
    """`--fail-on none` lets everything through, and the screen claims no pass."""
    shown = render(report(gate=GateResult(passed=True, asked=())), EN).plain

    assert "No gate was asked for" in shown
    assert "Gate passed" not in shown


def test_a_long_list_is_cut_and_counted() -> None:
    """The screen stays a screen."""
    shown = render(report(), EN, Screen(actions=2)).plain

    assert shown.count("$ tenken sign 0-1-1") == 1
    assert "1-4-1  Mend" not in shown


def _only(item_id: str, judged: object) -> tuple[object, ...]:
    items = tuple(catalogue().items)
    rest = (verdict(item, Outcome.UNKNOWN) for item in items if item.id != item_id)
    return (judged, *rest)
