"""Evidence, keys and chains for the tests of evidence."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from tenken.evidence import Answer, Evidence, Grade, Holding, Method, Remark
from tenken.place import Place
from tenken.readiness.evidence.envelope import TrustedKey
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.evidence.store import append
from tenken.readiness.evidence.weigh import Scale
from tenken.sentence import say

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COMMIT = "c0ffee" + "0" * 34
SERVICE = "sha256:" + "5e" * 32
OBSERVER = PrivateKey(bytes(range(32)))
STRANGER = PrivateKey(bytes(range(1, 33)))
TRUSTED = TrustedKey(name="keeper", public=OBSERVER.public)
SCALE = Scale(subjects={"service": SERVICE, "commit": COMMIT}, trusted=(TRUSTED,), now=NOW)

DRILLED = Evidence(
    item="3-2-2",
    subs=("a",),
    probe="retries_follow_the_error",
    probe_version=1,
    method=Method.DRILL,
    answer=Answer(
        holding=Holding.HOLDS,
        grade=Grade.EXERCISED,
        seen=(Remark(sentence=say("judge.no_such_probe", probe="x"), place=Place("a.py", 3)),),
    ),
    subjects={"service": SERVICE, "prompt": "sha256:" + "9a" * 32},
    observed_at=NOW - timedelta(days=1),
    expires_at=NOW + timedelta(days=29),
    reproduce="tenken prove 3-2-2",
)


def untouched(evidence: Evidence) -> Evidence:
    """Masks nothing."""
    return evidence


def with_answer(holding: Holding, grade: Grade) -> Evidence:
    """The drill with another answer."""
    return replace(DRILLED, answer=replace(DRILLED.answer, holding=holding, grade=grade))


def chain_of(path: Path, *evidence: Evidence, key: PrivateKey | None = OBSERVER) -> bytes:
    """Write evidence to a chain and give its bytes."""
    for one in evidence:
        append(path, one, mask=untouched, key=key)
    return path.read_bytes()
