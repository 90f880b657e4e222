"""What somebody would sign: the texts of an item as they can be read here, and what hinders it."""

from typing import Literal

from msgspec import Struct

from tenken import digest
from tenken.console.reports import reports
from tenken.console.view import View
from tenken.readiness.report.document import AskedEntry, Document, ItemEntry, TextEntry
from tenken.readiness.signing.court import wrote
from tenken.sentence import Sentence, say
from tenken.store.people.signing import SignOffs

TextState = Literal["same", "changed", "absent"]


class Beheld(Struct, frozen=True, kw_only=True):
    """A text that is to be signed, as it can be read here."""

    entry: TextEntry
    state: TextState
    content: str = ""
    authors: frozenset[str] | None = None
    """Who has changed it, as git tells; None where it does not."""

    @property
    def name(self) -> str:
        """Give how it is called."""
        return f"{self.entry.path}#{self.entry.key}" if self.entry.key else self.entry.path


class Asking(Struct, frozen=True, kw_only=True):
    """One item, what its signature is on, and what of that can be read here."""

    report: Document
    item: ItemEntry
    rule: AskedEntry
    texts: tuple[Beheld, ...]

    @property
    def tier(self) -> str:
        """Give how much is at stake."""
        return self.report.tier

    @property
    def seen(self) -> str:
        """Give what tells these texts from any others."""
        plain = [[one.entry.path, one.entry.key, one.entry.sha256] for one in self.texts]
        return digest.of_value([self.item.id, *plain])


def asking(view: View, name: str) -> Asking | None:
    """Give what an item's signature would be on; None where it takes none."""
    report = next(iter(reports(view)), None)
    item = next((one for one in report.items if one.id == name), None) if report else None
    if report is None or item is None or item.asked is None:
        return None
    texts = () if item.asked.only_exempts else item.asked.texts
    beheld = tuple(_beheld(view, one) for one in texts)
    return Asking(report=report, item=item, rule=item.asked, texts=beheld)


def _beheld(view: View, entry: TextEntry) -> Beheld:
    signing = view.desk.serving.signing
    found = signing.shown(entry.path, entry.key)
    if found is None:
        return Beheld(entry=entry, state="absent")
    if found.sha256 != entry.sha256:
        return Beheld(entry=entry, state="changed")
    authors = signing.authors(entry.path)
    return Beheld(entry=entry, state="same", content=found.content, authors=authors)


def hindered(view: View, asked: Asking) -> Sentence | None:
    """Say why who looks cannot sign; None where they can."""
    role, roles = asked.rule.role, SignOffs(view.desk.engine).roles
    if role not in roles(view.visitor.name, view.desk.application):
        return say("console.sign_not_yours", role=role)
    if not asked.texts and not asked.rule.only_exempts:
        return say("console.sign_nothing")
    unread = [one.name for one in asked.texts if one.state != "same"]
    if unread:
        return say("console.sign_unread", texts=", ".join(unread[:3]))
    own = [one.name for one in asked.texts if asked.tier == "A" and _is_own(view, one)]
    return say("console.sign_own_text", texts=", ".join(own[:3])) if own else None


def _is_own(view: View, one: Beheld) -> bool:
    visitor = view.visitor
    return any(
        wrote(each, name=visitor.full_name or visitor.name, email=visitor.email)
        for each in one.authors or ()
    )
