"""`tenken sign ITEM`: shows what would be signed, and writes the sign-off to be committed."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from tenken.cli.checklist import find_item
from tenken.cli.inspecting.judging import Inspected
from tenken.cli.inspecting.request import Request
from tenken.cli.inspecting.run import inspect
from tenken.cli.rim import Rim
from tenken.config.values import is_placeholder
from tenken.errors import UsageError
from tenken.place import Place
from tenken.readiness.catalogue import Item, Signature, SignatureKind
from tenken.readiness.report.wording import Wording
from tenken.readiness.signing.asking import read_of
from tenken.readiness.signing.signoff import FOLDER, SignedText, SignOff, written
from tenken.readiness.signing.texts import Text, digest_of, texts_behind
from tenken.sentence import say


class Wish(Struct, frozen=True, kw_only=True):
    """What a person wants to sign, and as whom."""

    name: str
    email: str
    role: str
    statement: str
    not_needed: str
    """The reason; empty where the item is needed."""
    days: int
    """0 for the longest that counts."""
    subs: tuple[str, ...]
    texts: tuple[str, ...]
    """Files besides those that the evidence points to."""


def sign(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(help="cli.argument_item")],
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    name: Annotated[str, typer.Option(help="cli.option_name")],
    email: Annotated[str, typer.Option(help="cli.option_email")],
    role: Annotated[str, typer.Option(help="cli.option_role")] = "",
    statement: Annotated[str, typer.Option(help="cli.option_statement")] = "",
    not_needed: Annotated[str, typer.Option(help="cli.option_not_needed")] = "",
    days: Annotated[int, typer.Option(help="cli.option_days", min=0, show_default=False)] = 0,
    sub: Annotated[list[str] | None, typer.Option(help="cli.option_sub")] = None,
    text: Annotated[list[str] | None, typer.Option(help="cli.option_text", metavar="FILE")] = None,
    force: Annotated[bool, typer.Option("--force", help="cli.option_force")] = False,
) -> None:
    """Sign an item."""
    rim: Rim = ctx.obj
    wish = Wish(
        name=name,
        email=email,
        role=role,
        statement=statement,
        not_needed=not_needed,
        days=days,
        subs=tuple(sub or ()),
        texts=tuple(text or ()),
    )
    _refuse_blanks(wish)
    inspected = inspect(rim, Request(path=path, quiet=True))
    found = find_item(inspected.report.catalogue, item)
    signoff = drafted(found, wish, inspected)
    if inspected.report.verdict(found.id).signed and not force:
        raise UsageError("signoff.still_valid", item=found.id)
    for line in _shown(signoff, found, inspected, rim):
        rim.tell(line)
    _write(path.resolve(), signoff)
    rim.say(say("signoff.written", path=signoff.place.path, name=name, email=email))


def drafted(item: Item, wish: Wish, inspected: Inspected) -> SignOff:
    """The sign-off that a wish comes to; raises UsageError where it could never count."""
    rule = _rule(item, wish)
    texts = _texts(item, wish, inspected)
    now = inspected.report.made_at
    role = wish.role or rule.role
    return SignOff(
        item=item.id,
        role=role,
        name=wish.name,
        email=wish.email,
        statement=wish.statement or wish.not_needed,
        signed=tuple(_signed(text, inspected) for text in texts),
        signed_at=now.replace(microsecond=0),
        expires_on=(now + timedelta(days=wish.days or rule.max_days)).date(),
        exempts=bool(wish.not_needed),
        reason=wish.not_needed,
        subs=wish.subs,
        place=Place(f"{FOLDER}/{item.id}-{role}.yaml"),
    )


def _refuse_blanks(wish: Wish) -> None:
    """A command that was pasted as a report prints it names nobody and states nothing."""
    said = {
        "--name": (wish.name,),
        "--email": (wish.email,),
        "--statement": (wish.statement,),
        "--not-needed": (wish.not_needed,),
        "--sub": wish.subs,
    }
    for option, texts in said.items():
        if any(map(is_placeholder, texts)):
            raise UsageError("signoff.placeholder", key=option)


def _rule(item: Item, wish: Wish) -> Signature:
    rule = item.signature
    if rule is None:
        raise UsageError("signoff.needs_none", item=item.id)
    if wish.role and wish.role != rule.role:
        raise UsageError("signoff.asks_for_role", item=item.id, role=wish.role, needed=rule.role)
    if wish.not_needed and rule.kind is not SignatureKind.EXEMPTION:
        raise UsageError("signoff.cannot_be_exempt", item=item.id)
    if not wish.not_needed and not wish.statement:
        raise UsageError("signoff.says_nothing")
    if wish.days > rule.max_days:
        raise UsageError("signoff.at_most", days=wish.days, most=rule.max_days)
    if unknown := sorted(set(wish.subs) - {sub.id for sub in item.subs}):
        raise UsageError("signoff.no_such_subs", item=item.id, subs=", ".join(unknown))
    return rule


def _texts(item: Item, wish: Wish, inspected: Inspected) -> tuple[Text, ...]:
    survey = inspected.survey
    if wish.not_needed:
        return tuple(map(Text, wish.texts))
    evidence = read_of(inspected.report.verdict(item.id))
    behind = texts_behind(
        (one for one in evidence if not wish.subs or not one.subs or {*wish.subs} & {*one.subs}),
        survey.tree,
        survey.manifest,
    )
    texts = tuple(dict.fromkeys((*behind, *map(Text, wish.texts))))
    if not texts:
        raise UsageError("signoff.nothing_to_sign", item=item.id)
    return texts


def _signed(text: Text, inspected: Inspected) -> SignedText:
    digested = digest_of(text, inspected.survey.tree, inspected.survey.manifest)
    if digested is None:
        raise UsageError("signoff.no_such_text", text=str(text))
    return SignedText(path=text.path, key=text.key, sha256=digested)


def _shown(signoff: SignOff, item: Item, inspected: Inspected, rim: Rim) -> Iterator[str]:
    """What a person reads before committing."""
    title = rim.speech.choose(ja=item.title.ja, en=item.title.en)
    yield f"{item.id} {title}"
    for signed in signoff.signed:
        yield rim.speech.text("signoff.signs", text=str(signed.text), sha256=signed.sha256)
    until = f"{signoff.expires_on:%Y-%m-%d}"
    role = Wording(rim.speech).role(signoff.role)
    yield rim.speech.text("signoff.as_whom", name=signoff.name, role=role, until=until)
    verdict = inspected.report.verdict(item.id)
    if not verdict.outcome.passes and not verdict.awaits and not signoff.exempts:
        yield rim.speech.text("signoff.not_enough", item=item.id)


def _write(root: Path, signoff: SignOff) -> None:
    """Write below `signoffs/` of the repository, through no link."""
    path = root / signoff.place.path
    folder = path.parent
    try:
        if folder.is_symlink():
            raise UsageError("signoff.behind_a_link", path=str(folder))
        folder.mkdir(exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o644), "w", encoding="utf-8") as stream:
            stream.write(written(signoff))
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UsageError("cli.cannot_write", path=str(path), detail=detail) from error
