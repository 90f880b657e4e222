"""Online evaluation, signal by signal: adopted with an event that is sent, or not and why."""

# ruff: noqa: E501 - patterns and vocabularies read best unbroken

from collections.abc import Mapping

from tenken.evidence import Answer
from tenken.pattern import Pattern
from tenken.readiness.answers import declared, fails, gap, holds, lie, seen, unknown
from tenken.readiness.facts.documents import Column, Statement, Subject
from tenken.readiness.facts.mentions import Reader
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.events import events_in
from tenken.sentence import say, words

SIGNALS: Mapping[str, str] = {
    "feedback": r"feedback|thumbs|rating|フィードバック|評価ボタン|高評価|低評価|いいね",
    "functional": r"functional|schema|tool call|機能|スキーマ|ツール呼び出し|形式",
    "acceptance": r"accept|edit|copied|採用率|受容|受け入れ|編集|そのまま使",
    "business_impact": r"business|revenue|resolution|conversion|事業|業務|売上|解決率|ビジネス",
    "incidental": r"incidental|implicit|behaviou?r|drop-?off|dwell|retry|付随|暗黙|行動|離脱|滞在|再試行|再質問",
}  # fmt: skip
PATTERNS = {name: Pattern(f"(?i){words}") for name, words in SIGNALS.items()}
NO = Pattern(
    r"(?i)^(no|not|false|none|won't|skip|×|✗|不採用|採用しない|しない|見送り|否|いいえ|不要)"
)


def signal_is_decided(survey: Survey, signal: str) -> Answer:
    """It is decided whether a signal is used; where it is, its event is really sent."""
    decisions = [one for one in survey.documents.on(Subject.SIGNAL) if _is_about(one, signal)]
    if not decisions:
        return unknown(say("probes_6.signal_undecided", signal=words("signal", [signal])))
    one = decisions[0]
    if not one.text(Column.ADOPT):
        return fails(gap("probes_6.signal_left_open", one.place, signal=words("signal", [signal])))
    if not one.text(Column.REASON, Column.EVENT):
        return fails(
            gap("probes_6.signal_without_reason", one.place, signal=words("signal", [signal]))
        )
    if NO.match(one.text(Column.ADOPT)):
        return declared(
            seen("probes_6.signal_declined", one.place, signal=words("signal", [signal]))
        )
    return _adopted(one, signal, survey)


def _is_about(one: Statement, signal: str) -> bool:
    said = one.text(Column.SIGNAL, Column.NAME, Column.ID)
    return said == signal or bool(PATTERNS[signal].search(said))


def _adopted(one: Statement, signal: str, survey: Survey) -> Answer:
    events = events_in(one)
    if not events:
        return fails(
            gap("probes_6.signal_without_event", one.place, signal=words("signal", [signal]))
        )
    emitted = {metric.name for metric in survey.code.metrics if metric.recorded}
    for event in events:
        places = [mention.place for mention in survey.documents.mentioned(event, Reader.CODE)]
        if event in emitted or places:
            place = places[0] if places else one.place
            return holds(
                seen("probes_6.signal_sent", place, signal=words("signal", [signal]), event=event)
            )
    return fails(
        lie(
            "probes_6.signal_event_never_sent",
            one.place,
            signal=words("signal", [signal]),
            event=events[0],
        )
    )
