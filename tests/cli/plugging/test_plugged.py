"""A detector in Python of a policy is loaded from the disk, or refused; ended when it hangs."""

from collections.abc import Iterator
from pathlib import Path
from select import select

import pytest
from msgspec.structs import replace

from tenken.cli.plugging.detectors import Plugged, plugged
from tenken.cli.plugging.process import Process
from tenken.cli.plugging.source import LARGEST, named
from tenken.cli.plugging.wire import Ask, Begin, Raised, Saw
from tenken.config.load import PlatformText
from tenken.errors import Malformed, UsageError
from tenken.guardrails.detector import Unable
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.guard import Guard
from tenken.guardrails.match import Match
from tenken.guardrails.policy.loading import load_policy
from tenken.guardrails.policy.policy import Policy
from tenken.guardrails.screening import Part, Screening
from tenken.guardrails.text import Context, Direction, Origin, Text
from tenken.place import Place

CAP_S = 30.0
CONTEXT = Context(direction=Direction.INWARD, origin=Origin.USER)
FILE = "guard/own.py"
POLICY = """\
risks: [{id: pii.patient, severity: high, example: a, owner: b, label: {ja: 番号, en: PATIENT}}]
rules: [{risk: pii.patient, action: mask}]
code:
  - {name: patients, file: guard/own.py, risks: [pii.patient], timeout_ms: 1000, gates: ["pt-"]}
"""
GOOD = """\
import os
from tenken.guardrails.match import Match


def inspect(text, context):
    at = text.lowered.find("pt-")
    if "print" in text.original:
        print("pt-1 to nobody")
    if "exit" in text.original:
        os._exit(3)
    if "raise" in text.original:
        raise LookupError(text.original)
    while "loop" in text.original:
        pass
    risk = "pii.phone" if "other risk" in text.original else "pii.patient"
    return [Match(risk=risk, rule="number", score=0.9, start=at, end=at + 4)]
"""


def policy(text: str = POLICY) -> Policy:
    """Load the policy of the tests, with time enough on a machine of which many want something."""
    loaded = load_policy(text, file="guard/policy.yaml", detectors=SHIPPED)
    return replace(loaded, code=tuple(replace(one, timeout_s=CAP_S) for one in loaded.code))


def load(folder: Path, source: str | None = None) -> tuple[Plugged, ...]:
    """Load what a policy names from a folder."""
    (folder / "guard").mkdir(exist_ok=True)
    if source is not None:
        (folder / FILE).write_text(source, "utf-8")
    written = PlatformText(file="guard/policy.yaml", text=POLICY)
    made = plugged(policy(), written, folder, named(written, folder))
    return tuple(one for one in made if isinstance(one, Plugged))


def refused(folder: Path, source: str | None = None) -> tuple[Place, str]:
    """Load what cannot be; gives where what is wrong."""
    with pytest.raises(Malformed) as told:
        load(folder, source)
    (problem,) = told.value.problems
    return problem.place, problem.sentence.id


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Plugged]:
    (detector,) = load(tmp_path, GOOD)
    yield detector
    detector.close()


def screened(detector: Plugged, text: str) -> Screening:
    """Screen a text with nothing but this detector."""
    part = Part(text=text, origin=Origin.USER)
    return Guard(policy(), [detector]).screen([part], CONTEXT)


def test_it_sees_what_it_was_written_for(own: Plugged) -> None:
    """Its rule begins with its name, places hold in full-width text, and prints go nowhere."""
    seen = screened(own, "患者はＰＴ－1です print")

    assert seen.texts == ("患者は[PATIENT]です print",)
    assert [one.rule for one in seen.records] == ["patients.number"]


def test_without_its_gate_nobody_asks_it(own: Plugged) -> None:
    """A text that would hang it, without a gate, costs nothing."""
    assert screened(own, "loop").texts == ("loop",)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("pt-1 raise", "LookupError"),
        ("pt-1 exit", "Crashed"),
        ("pt-1 other risk", "BadMatch"),
    ],
)
def test_what_it_does_wrong_is_recorded_and_its_fail_mode_decides(
    own: Plugged, text: str, error: str
) -> None:
    """The rule masks a severe risk, so it is closed; no word of the text is in the record."""
    seen = screened(own, text)

    assert [(one.detector, one.error) for one in seen.troubles] == [("patients", error)]
    assert seen.blocked


def test_one_that_hangs_is_ended_and_begun_again() -> None:
    """Nobody waits for it while it loads; then it answers as before."""
    now = [0.0]
    process = Process(begin(each_s=1.0), clock=lambda: now[0])
    try:
        assert process.load() is None
        assert kind_of(process, "loop") == "Hung"
        assert kind_of(process, "pt-1") == "Away", "it is left alone for a while"
        now[0] = 1.0
        assert kind_of(process, "pt-1") == "Away", "it is being loaded"
        saw = once_loaded(process)
    finally:
        process.close()

    assert isinstance(saw, Saw)
    assert saw.matches[0].rule == "number"


def test_one_that_hangs_again_and_again_is_left_alone_for_longer() -> None:
    """Twice the time each time, so that it costs its callers less and less."""
    now = [0.0]
    process = Process(begin(source="while True: pass"), clock=lambda: now[0])
    waited = []
    try:
        for _ in range(3):
            assert kind_of(process, "x") == "Away"
            now[0] += 11.0
            assert kind_of(process, "x") == "Away", "it did not load in ten seconds"
            waited.append(round(process._again - now[0], 1))
            now[0] = process._again
    finally:
        process.close()

    assert waited == [0.1, 0.2, 0.4]


def once_loaded(process: Process) -> object:
    """Wait until it says that it has loaded, and ask it."""
    child = process._child
    assert child is not None
    ready, _, _ = select([child._stream], [], [], CAP_S)
    assert ready
    return process.ask(Ask(text="pt-1", context=CONTEXT))


def kind_of(process: Process, text: str) -> str:
    """Give why it could not answer."""
    with pytest.raises(Unable) as unable:
        process.ask(Ask(text=text, context=CONTEXT))
    return unable.value.kind


def begin(source: str = GOOD, *, each_s: float = CAP_S) -> Begin:
    """Give what a process is to run."""
    return Begin(file=FILE, source=source, function="inspect", each_s=each_s)


def test_a_text_that_is_too_large_is_not_sent() -> None:
    """With what it is held against; the process goes on."""
    process = Process(begin())
    large = Context(direction=Direction.INWARD, origin=Origin.USER, system="x" * (5 << 20))
    try:
        assert process.load() is None
        with pytest.raises(Unable, match="TooLarge"):
            process.ask(Ask(text="pt-1", context=large))
        assert isinstance(process.ask(Ask(text="pt-1", context=CONTEXT)), Saw)
    finally:
        process.close()


def test_so_many_matches_are_none() -> None:
    """An answer has a size, too."""
    source = "def inspect(text, context):\n    while True:\n        yield None\n"
    process = Process(begin(source))
    try:
        assert process.load() is None
        assert process.ask(Ask(text="x", context=CONTEXT)) == Raised(error="TooMany")
    finally:
        process.close()


@pytest.mark.parametrize(
    ("source", "place", "sentence"),
    [
        pytest.param(None, Place("guard/policy.yaml", 4), "guard.code_missing", id="no file"),
        pytest.param("x = (\n", Place(FILE, 1), "guard.code_syntax", id="no Python"),
        pytest.param("import os\n1 / 0\n", Place(FILE, 2), "guard.code_raises", id="raises"),
        pytest.param("import sys\nsys.exit()\n", Place(FILE, 2), "guard.code_raises", id="exits"),
        pytest.param("import os\nos._exit(0)\n", Place(FILE, 1), "guard.code_crashes", id="ends"),
        pytest.param("x = 1\n", Place(FILE, 1), "guard.code_function", id="no function"),
        pytest.param(
            "\ndef inspect(text): ...\n", Place(FILE, 2), "guard.code_signature", id="one value"
        ),
        pytest.param(
            "async def inspect(text, context): ...\n",
            Place(FILE, 1),
            "guard.code_signature",
            id="async",
        ),
        pytest.param(
            "#" * (LARGEST + 1), Place("guard/policy.yaml", 4), "guard.code_large", id="large"
        ),
    ],
)
def test_what_cannot_be_used_is_told_in_its_place(
    tmp_path: Path, source: str | None, place: Place, sentence: str
) -> None:
    """When settings are read, and not when the first text comes."""
    assert refused(tmp_path, source) == (place, sentence)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """One within it, as mounts of settings have it, is followed."""
    folder = tmp_path / "service"
    (folder / "guard").mkdir(parents=True)
    (tmp_path / "elsewhere.py").write_text(GOOD, "utf-8")
    (folder / FILE).symlink_to(tmp_path / "elsewhere.py")
    assert refused(folder)[1] == "guard.code_link"

    (folder / FILE).unlink()
    (folder / "guard" / "..data.py").write_text(GOOD, "utf-8")
    (folder / FILE).symlink_to("..data.py")
    (detector,) = load(folder)
    detector.close()


def test_a_file_that_changed_since_the_settings_were_read_is_not_run(tmp_path: Path) -> None:
    """What is published by its digest is what runs."""
    (tmp_path / "guard").mkdir()
    (tmp_path / FILE).write_text(GOOD, "utf-8")
    written = PlatformText(file="guard/policy.yaml", text=POLICY)
    known = named(written, tmp_path)
    (tmp_path / FILE).write_text(GOOD + "\n", "utf-8")

    with pytest.raises(Malformed) as told:
        plugged(policy(), written, tmp_path, known)
    assert [one.sentence.id for one in told.value.problems] == ["guard.code_changed"]


def test_a_guard_without_the_code_of_its_policy_is_none() -> None:
    """It would see nothing, and nobody would know."""
    with pytest.raises(UsageError) as told:
        Guard(policy(), SHIPPED)
    assert told.value.sentence.id == "guard.code_not_given"


def test_a_match_outside_of_the_text_is_trouble(own: Plugged) -> None:
    """As with detectors that ship."""
    assert own.inspect(Text("no number"), CONTEXT) == (
        Match(risk="pii.patient", rule="patients.number", score=0.9, start=-1, end=3),
    )
    seen = screened(own, "p\u200bt-")
    assert [one.error for one in seen.troubles] == ["OutOfText"]
