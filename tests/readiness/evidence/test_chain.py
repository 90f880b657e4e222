"""Chains: what is written is read back, and no bytes make the reader fail."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

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
from tenken.readiness.evidence import chain, envelope, statement
from tenken.readiness.evidence.chain import MAX_LINE, read
from tenken.readiness.evidence.envelope import Envelope, Signature, signer
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.evidence.statement import NotEvidence, Recorded
from tenken.readiness.evidence.store import append, read_file
from tenken.sentence import Sentence, say
from tests.readiness.evidence.making import (
    DRILLED,
    OBSERVER,
    STRANGER,
    TRUSTED,
    chain_of,
    untouched,
)

TEXTS = st.text(max_size=20)
PLACES = st.none() | st.builds(Place, st.text(min_size=1, max_size=20), st.integers(0, 9999))
SENTENCES = st.builds(
    lambda id_, fields: Sentence(id_, tuple(sorted(fields.items()))),
    TEXTS,
    st.dictionaries(TEXTS, TEXTS | st.integers(-(2**53), 2**53), max_size=3),
)
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1),  # noqa: DTZ001 - made aware
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))]),
)  # fmt: skip
DIGESTS = st.sampled_from(["sha256:" + "ab" * 32, "c0" * 20, "gpt-large-2026-05-01", "", "モデル"])
ALL = st.builds(
    Evidence,
    item=TEXTS,
    subs=st.lists(TEXTS, max_size=3).map(tuple),
    probe=TEXTS,
    probe_version=st.integers(0, 99),
    method=st.sampled_from(Method),
    answer=st.builds(
        Answer,
        holding=st.sampled_from(Holding),
        grade=st.sampled_from(Grade),
        seen=st.lists(st.builds(Remark, sentence=SENTENCES, place=PLACES), max_size=2).map(tuple),
        findings=st.lists(
            st.builds(
                Finding, kind=st.sampled_from(FindingKind), sentence=SENTENCES, place=PLACES
            ),
            max_size=2,
        ).map(tuple),
        missing=st.none() | SENTENCES,
    ),
    subjects=st.dictionaries(st.sampled_from(["service", "commit", "model"]), DIGESTS),
    observed_at=MOMENTS,
    expires_at=st.none() | MOMENTS,
    measurements=st.lists(
        st.builds(
            Measurement,
            name=TEXTS,
            value=st.floats(allow_nan=False, allow_infinity=False),
            unit=TEXTS,
            n=st.integers(0, 10**6),
            low=st.none() | st.just(0.5),
            high=st.none() | st.just(0.9),
        ),
        max_size=2,
    ).map(tuple),
    reproduce=TEXTS,
)


@given(ALL, TEXTS)
def test_evidence_survives_its_statement(evidence: Evidence, previous: str) -> None:
    """What was seen is what is read back, in either language and any zone."""
    recorded = Recorded(evidence=evidence, previous=previous)
    payload = statement.encode(recorded)

    assert statement.decode(payload) == recorded
    assert statement.encode(statement.decode(payload)) == payload


def test_a_statement_is_an_in_toto_statement() -> None:
    """Any in-toto reader knows what it is about."""
    subjects = {**DRILLED.subjects, "commit": "c0" * 20, "model": "large-1"}
    recorded = Recorded(evidence=replace(DRILLED, subjects=subjects), previous="")
    plain = json.loads(statement.encode(recorded))

    assert plain["_type"] == "https://in-toto.io/Statement/v1"
    assert plain["predicateType"] == "urn:tenken:evidence:v1"
    assert [set(subject["digest"]) for subject in plain["subject"]] == [
        {"gitCommit"}, {"sha256"}, {"sha256"}, {"sha256"},
    ]  # fmt: skip
    assert plain["subject"][1]["uri"] == "urn:tenken:model:large-1"


def _spoiled(**changes: object) -> bytes:
    plain = json.loads(statement.encode(Recorded(evidence=DRILLED, previous="")))
    for path, value in changes.items():
        *way, last = path.split("__")
        node = plain
        for key in way:
            node = node[int(key) if key.isdigit() else key]
        node[last] = value
    return json.dumps(plain).encode()


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000,
        _spoiled(_type="https://in-toto.io/Statement/v0.1"),
        _spoiled(predicateType="https://slsa.dev/provenance/v1"),
        _spoiled(extra=1),
        _spoiled(predicate__verdict="verified"),
        _spoiled(predicate__answer__grade="proved"),
        _spoiled(predicate__observedAt="2026-11-22T12:00:00"),
        _spoiled(subject__0__digest={"md5": "x"}),
        _spoiled(subject__0__uri="urn:tenken:prompt:another"),
        _spoiled(subject__0__name="service"),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_no_evidence(payload: bytes) -> None:
    """Read strictly: another shape, type or digest counts for nothing."""
    with pytest.raises(NotEvidence):
        statement.decode(payload)


def test_the_pre_authentication_encoding_is_dsse_s() -> None:
    """The published example of the specification."""
    seen = envelope.pre_authentication("http://example.com/HelloWorld", b"hello world")

    assert seen == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_the_type_is_signed_too() -> None:
    """A signature on one kind of document is worth nothing on another."""
    sealed = envelope.seal(b"{}", OBSERVER)

    assert signer(sealed, [TRUSTED]) == TRUSTED
    assert signer(replace(sealed, payloadType="text/plain"), [TRUSTED]) is None


@pytest.mark.parametrize("sig", ["", "AAAA", "not base64", base64.b64encode(bytes(64)).decode()])
def test_a_bad_signature_is_none(sig: str) -> None:
    """Whatever stands in its place."""
    sealed = envelope.seal(b"{}", OBSERVER)
    spoiled = replace(sealed, signatures=(Signature(keyid=TRUSTED.keyid, sig=sig),))

    assert signer(spoiled, [TRUSTED]) is None
    assert signer(sealed, [replace(TRUSTED, public=b"short")]) is None


def test_one_trusted_signature_of_several_is_enough() -> None:
    """An envelope may carry the signatures of several observers."""
    ours, theirs = envelope.seal(b"{}", OBSERVER), envelope.seal(b"{}", STRANGER)
    both = replace(ours, signatures=(*theirs.signatures, *ours.signatures))

    assert signer(both, [TRUSTED]) == TRUSTED
    assert signer(theirs, [TRUSTED]) is None


@pytest.mark.parametrize("key", [None, OBSERVER])
def test_what_is_appended_is_read(tmp_path: Path, key: PrivateKey | None) -> None:
    """Signed or not, every line in its place."""
    found = read(chain_of(tmp_path / "l", DRILLED, DRILLED, key=key), file="l")

    assert [line.evidence for line in found.lines] == [DRILLED, DRILLED]
    assert [str(line.place) for line in found.lines] == ["l:1", "l:2"]
    assert (found.problems, found.broken) == ((), None)


def test_a_torn_line_breaks_nothing(tmp_path: Path) -> None:
    """A crash in the middle of a line costs that line alone."""
    path = tmp_path / "l"
    chain_of(path, DRILLED)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    chain_of(path, DRILLED)
    found = read_file(path)

    assert len(found.lines) == 2
    assert [problem.line for problem in found.problems] == [2]
    assert found.broken is None


def test_a_line_too_long_is_a_problem(tmp_path: Path) -> None:
    """And no reason to read no further; the next line still names it."""
    path = tmp_path / "l"
    path.write_bytes(b"x" * (3 * MAX_LINE) + b"\n")
    append(path, DRILLED, mask=untouched)
    found = read_file(path)

    assert len(found.lines) == 1
    assert len(found.problems) == 1
    assert found.broken is None


def test_a_file_too_large_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end that nobody reads may hold a failure."""
    monkeypatch.setattr(chain, "MAX_FILE", 10)
    found = read(b"x" * 11, file="l")

    assert found.lines == ()
    assert found.broken is not None


def test_a_chain_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """The first inspection has no evidence; a folder in its place is a problem."""
    assert read_file(tmp_path / "none") == chain.Chain()
    assert read_file(tmp_path).broken is not None


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_make_the_reader_fail(content: bytes) -> None:
    """Garbage is problems with their lines, never an exception and never evidence."""
    found = read(content, file="l")

    assert found.lines == ()


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_no_envelope_makes_the_reader_fail(payload: bytes, sig: bytes) -> None:
    """Whatever its payload is."""
    sealed = Envelope(
        payloadType=envelope.PAYLOAD_TYPE,
        payload=base64.b64encode(payload).decode(),
        signatures=(Signature(keyid=TRUSTED.keyid, sig=base64.b64encode(sig).decode()),),
    )
    found = read(envelope.encode(sealed), file="l")

    assert (len(found.lines), len(found.problems)) == (0, 1)


def test_many_problems_are_told_in_part() -> None:
    """A file of garbage does not fill the report."""
    assert len(read(b"x\n" * 1000, file="l").problems) == chain.MAX_PROBLEMS


def test_a_message_is_kept_as_id_and_fields() -> None:
    """So that evidence can be read in either language later."""
    evidence = replace(
        DRILLED, answer=Answer(holding=Holding.UNKNOWN, missing=say("judge.x", a=1))
    )
    plain = json.loads(statement.encode(Recorded(evidence=evidence, previous="")))

    assert plain["predicate"]["answer"]["missing"] == {"id": "judge.x", "fields": {"a": 1}}
