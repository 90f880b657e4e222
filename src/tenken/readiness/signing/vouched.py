"""Sign-offs made in a browser: sealed by the console that saw who made them.

No commit says whose such a sign-off is. Two others do: an identity provider, which let the person
in, and the console, which sealed what that person signed with a key. It counts where the platform
trusts that key and a provider stood behind the person; a password of the console alone says
nothing of who knows it. All else is held against it as against any other sign-off.
"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from msgspec import Struct

from tenken.place import Place
from tenken.readiness.evidence.envelope import (
    BadEnvelope,
    Envelope,
    TrustedKey,
    encode,
    payload_of,
    seal,
    signer,
)
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.facts.tree import CollectorProblem
from tenken.readiness.signing.signoff import SignedText, SignOff, Vouched
from tenken.sentence import say

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:tenken:signoff:v1"
MOST = 2_000
LONGEST = 200_000
DETAIL = 200


class Handed(Struct, frozen=True, kw_only=True):
    """What a console handed over."""

    signoffs: tuple[SignOff, ...] = ()
    problems: tuple[CollectorProblem, ...] = ()


class _Subject(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    digest: dict[str, str]


class _Predicate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    id: str
    issuer: str
    item: str
    role: str
    name: str
    email: str
    statement: str
    signed: tuple[SignedText, ...]
    signed_at: datetime
    expires_on: date
    exempts: bool
    reason: str


class _Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    type: str = msgspec.field(name="_type")
    subject: tuple[_Subject, ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: _Predicate


def sealed(
    signoff: SignOff,
    *,
    name: str,
    issuer: str,
    service: str,
    key: PrivateKey | None,
) -> str:
    """Give a sign-off as one line: in an envelope, or bare where the console has no key.

    `name` tells it from others; `service` is the digest by which evidence tells what it is about.
    """
    predicate = _Predicate(
        id=name,
        issuer=issuer,
        **{name: getattr(signoff, name) for name in _Predicate.__struct_fields__[2:]},
    )
    about = _Subject(name="service", digest={"sha256": service.removeprefix("sha256:")})
    statement = _Statement(
        type=STATEMENT_TYPE,
        subject=(about,),
        predicate_type=PREDICATE_TYPE,
        predicate=predicate,
    )
    payload = msgspec.json.encode(statement, order="sorted")
    return (encode(seal(payload, key)) if key else payload).decode()


def read(
    body: bytes, *, file: str, service: str, trusted: Iterable[TrustedKey], today: date
) -> Handed:
    """Read the lines of a console; what is none of ours is a problem and counts for nothing."""
    keys = tuple(one for one in trusted if one.expires_on is None or today <= one.expires_on)
    found: list[SignOff] = []
    problems: list[CollectorProblem] = []
    for number, raw in enumerate(body.splitlines()[:MOST], 1):
        try:
            found.append(_read(raw, Place(file, number), service, keys))
        except (BadEnvelope, msgspec.DecodeError, RecursionError) as error:
            sentence = say("signoff.bad_line", detail=str(error)[:DETAIL])
            problems.append(CollectorProblem(path=file, line=number, sentence=sentence))
    return Handed(signoffs=tuple(found), problems=tuple(problems))


def _read(raw: bytes, place: Place, service: str, keys: tuple[TrustedKey, ...]) -> SignOff:
    if len(raw) > LONGEST:
        raise BadEnvelope(f"> {LONGEST} bytes")
    envelope = msgspec.json.decode(raw, type=Envelope) if b'"payloadType"' in raw else None
    statement = msgspec.json.decode(payload_of(envelope) if envelope else raw, type=_Statement)
    if (statement.type, statement.predicate_type) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise BadEnvelope(f"{statement.type} {statement.predicate_type}")
    about = [one.digest.get("sha256", "") for one in statement.subject if one.name == "service"]
    if about != [service.removeprefix("sha256:")]:
        raise BadEnvelope("another service")
    said = statement.predicate
    if said.signed_at.tzinfo is None:
        raise BadEnvelope("no time zone")
    key = signer(envelope, keys) if envelope else None
    fields = {name: getattr(said, name) for name in _Predicate.__struct_fields__[2:]}
    return SignOff(
        **fields,
        place=place,
        vouched=Vouched(observer=key.name if key else "", issuer=said.issuer),
    )
