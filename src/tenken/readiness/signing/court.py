"""Decides which sign-offs count; a pure function of the files, the history and the time."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby

from msgspec import Struct, field

from tenken.config.manifest import Manifest
from tenken.evidence import Evidence, Method
from tenken.readiness.catalogue import Catalogue, Item, Signature, SignatureKind, Tier
from tenken.readiness.facts.repository import Change
from tenken.readiness.facts.tree import Tree
from tenken.readiness.signing.approvals import Approval
from tenken.readiness.signing.signoff import SignedText, SignOff, Vouched
from tenken.readiness.signing.texts import digest_of, texts_behind
from tenken.readiness.verdict import Signed, VoidSignature
from tenken.sentence import Sentence, say


class History(Struct, frozen=True, kw_only=True):
    """Who changed the sign-offs and the texts that they sign, as far as git tells."""

    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    """By path, newest first."""
    is_whole: bool = True
    """False for a shallow clone, where the last author of a file cannot be known."""
    dirty: frozenset[str] = frozenset()
    """Paths that differ from what is committed."""


class Court(Struct, frozen=True, kw_only=True):
    """All that a sign-off is held against."""

    catalogue: Catalogue
    tree: Tree
    manifest: Manifest | None
    tier: Tier
    now: datetime
    evidence: tuple[Evidence, ...]
    """What this inspection read in the repository."""
    history: History
    approvals: tuple[Approval, ...] = ()


class Signatures(Struct, frozen=True, kw_only=True):
    """The signatures that count, and the sign-offs that do not, by item."""

    signed: Mapping[str, Signed]
    void: Mapping[str, tuple[VoidSignature, ...]]


def settle(signoffs: Iterable[SignOff], court: Court) -> Signatures:
    """Hold every sign-off against the court; of several that count, the newest does."""
    signed: dict[str, Signed] = {}
    void: dict[str, tuple[VoidSignature, ...]] = {}
    ordered = sorted(signoffs, key=lambda one: (one.item, one.signed_at))
    for item, given in groupby(ordered, key=lambda one: one.item):
        judged = [(one, objection(one, court)) for one in given]
        if valid := [one for one, against in judged if against is None]:
            signed[item] = _signed(valid[-1])
        else:
            void[item] = tuple(against for _, against in judged if against)
    return Signatures(signed=signed, void=void)


def objection(signoff: SignOff, court: Court) -> VoidSignature | None:
    """Why a sign-off does not count; None where it does."""
    item = court.catalogue.item(signoff.item)
    rule = item.signature if item else None
    if item is None or rule is None:
        return _void(signoff, say("signoff.needs_none", item=signoff.item))
    never = next(_never_valid(signoff, item, rule, court), None)
    if never:
        return _void(signoff, never)
    lapsed = next(_lapsed(signoff, court), None)
    return _void(signoff, lapsed, was_valid=True) if lapsed else None


def _void(signoff: SignOff, because: Sentence, *, was_valid: bool = False) -> VoidSignature:
    return VoidSignature(because=because, place=signoff.place, was_valid=was_valid)


def _signed(signoff: SignOff) -> Signed:
    return Signed(
        role=signoff.role,
        name=signoff.name,
        statement=signoff.statement,
        signed_at=signoff.signed_at,
        expires_on=signoff.expires_on,
        exempts=signoff.exempts,
        subs=signoff.subs,
    )


# -- what makes a sign-off worthless from the beginning


def _never_valid(
    signoff: SignOff, item: Item, rule: Signature, court: Court
) -> Iterator[Sentence]:
    yield from _out_of_place(signoff, item, rule)
    yield from _out_of_time(signoff, rule, court)
    yield from _texts_left_out(signoff, item, court)
    yield from _not_by_that_person(signoff, court)
    if court.tier == "A":
        yield from _own_text(signoff, court)


def _out_of_place(signoff: SignOff, item: Item, rule: Signature) -> Iterator[Sentence]:
    at = str(signoff.place)
    if signoff.role != rule.role:
        yield say("signoff.wrong_role", at=at, role=signoff.role, needed=rule.role)
    exemption = rule.kind is SignatureKind.EXEMPTION
    if signoff.exempts and not exemption:
        yield say("signoff.no_exemption", at=at, item=item.id)
    by_person = any(sub.decides is Method.PERSON for sub in item.subs)
    if exemption and not signoff.exempts and not by_person:
        yield say("signoff.only_exemption", at=at, item=item.id)


def _out_of_time(signoff: SignOff, rule: Signature, court: Court) -> Iterator[Sentence]:
    at = str(signoff.place)
    if signoff.signed_at > court.now:
        yield say("signoff.from_the_future", at=at, day=f"{signoff.signed_at:%Y-%m-%d}")
    days = (signoff.expires_on - signoff.signed_at.date()).days
    if days > rule.max_days:
        yield say("signoff.too_long", at=at, days=days, most=rule.max_days)


def _texts_left_out(signoff: SignOff, item: Item, court: Court) -> Iterator[Sentence]:
    """A signature on some other file is no signature on this item."""
    if signoff.exempts:
        return
    behind = texts_behind(
        (one for one in court.evidence if one.item == item.id and _covers(signoff, one)),
        court.tree,
        court.manifest,
    )
    signed = {one.text for one in signoff.signed}
    at = str(signoff.place)
    if not signed:
        yield say("signoff.signs_nothing", at=at)
    for text in behind:
        if text not in signed:
            yield say("signoff.leaves_out", at=at, text=str(text))


def _covers(signoff: SignOff, evidence: Evidence) -> bool:
    return not signoff.subs or not evidence.subs or bool({*signoff.subs} & {*evidence.subs})


def _not_by_that_person(signoff: SignOff, court: Court) -> Iterator[Sentence]:
    path, at = signoff.place.path, str(signoff.place)
    history = court.history
    if signoff.vouched is not None:
        yield from _not_vouched(signoff.vouched, signoff)
        return
    if path in history.dirty or not history.changes.get(path):
        yield say("signoff.not_committed", at=at, name=signoff.name)
        return
    last = history.changes[path][0]
    if any(_approves(one, signoff, last) for one in court.approvals):
        return
    if not history.is_whole:
        yield say("signoff.history_cut_off", at=at)
    elif not _is(last.author, signoff):
        yield say("signoff.other_author", at=at, name=signoff.name, author=last.author)


def _not_vouched(vouched: Vouched, signoff: SignOff) -> Iterator[Sentence]:
    at = str(signoff.place)
    if not vouched.observer:
        yield say("signoff.not_vouched", at=at, name=signoff.name)
    elif not vouched.issuer or not signoff.email:
        yield say("signoff.password_only", at=at, name=signoff.name)


def _approves(approval: Approval, signoff: SignOff, last: Change) -> bool:
    """Whether the person approved this very version; an earlier one does not count."""
    same = _plain(approval.approver) == _plain(signoff.email)
    return same and approval.file == signoff.place.path and approval.at >= last.committed_at


def _own_text(signoff: SignOff, court: Court) -> Iterator[Sentence]:
    if not court.history.is_whole:
        yield say("signoff.history_cut_off", at=str(signoff.place))
    for signed in signoff.signed:
        changes = court.history.changes.get(signed.path, ())
        if not changes or signed.path in court.history.dirty:
            yield say("signoff.text_not_committed", at=str(signoff.place), text=signed.path)
        name = signoff.name if signoff.vouched else ""
        if any(wrote(one.author, name=name, email=signoff.email) for one in changes):
            yield say("signoff.own_text", at=str(signoff.place), text=signed.path)


def wrote(author: str, *, name: str, email: str) -> bool:
    """Whether an author of git is somebody, by their address or, where it is given, their name.

    In a browser people come by another address than they commit by: there a name is enough.
    """
    same = bool(name) and _plain(author.rpartition("<")[0]) == _plain(name)
    return same or (bool(email) and _email(author) == _plain(email))


# -- what ends a sign-off that was valid


def _lapsed(signoff: SignOff, court: Court) -> Iterator[Sentence]:
    at = str(signoff.place)
    for signed in signoff.signed:
        if not _unchanged(signed, court):
            yield say("signoff.edited", at=at, text=str(signed.text))
    if court.now.date() > signoff.expires_on:
        yield say("signoff.expired", at=at, day=f"{signoff.expires_on:%Y-%m-%d}")


def _unchanged(signed: SignedText, court: Court) -> bool:
    return digest_of(signed.text, court.tree, court.manifest) == signed.sha256


# -- persons


def _is(author: str, signoff: SignOff) -> bool:
    name = author.rpartition("<")[0]
    return _plain(name) == _plain(signoff.name) and _email(author) == _plain(signoff.email)


def _email(author: str) -> str:
    return _plain(author.rpartition("<")[2].rstrip(">"))


def _plain(text: str) -> str:
    """One spelling of a name or an address, whatever its width, case and spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
