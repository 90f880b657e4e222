"""Many services on one page: where each stands, what most of them lack, what runs out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from tenken.messages.speech import Speech
from tenken.readiness.report.document import Document, ItemEntry
from tenken.readiness.report.html.elements import NOTHING, Html, join, tag
from tenken.readiness.report.html.shell import page, skip_link
from tenken.readiness.report.html.view import table
from tenken.readiness.report.wording import GLYPHS, Wording, day, visible
from tenken.readiness.verdict import Outcome, Word

SOON = timedelta(days=30)
MOST = 15
BAR = 100


class _Common(Struct, frozen=True, kw_only=True):
    """An item that several services have in common."""

    id: str
    title: str
    services: tuple[str, ...]


def render(documents: Sequence[Document], speech: Speech, *, now: datetime) -> str:
    """Give the page over reports read back from JSON; the lowest level comes first."""
    fleet = _Fleet(sorted(documents, key=_lowest_first), speech, now)
    title = speech.text("report.fleet_title", count=len(documents))
    head = tag("header", tag("h1", title), tag("p", day(now), class_="meta"), class_="head")
    main = tag(
        "main",
        head,
        fleet.services(),
        fleet.common("fleet_failed", fleet.items_that(_not_met)),
        fleet.common("fleet_waived", fleet.items_that(_waived)),
        fleet.expiring(),
        id="main",
    )
    return page(speech, f"{title} · tenken", skip_link(speech), main)


def _lowest_first(document: Document) -> tuple[int, int, str]:
    return document.level.application, document.words.get(Word.PROVED, 0), document.service


def _not_met(item: ItemEntry) -> bool:
    return item.word is Word.NOT_MET and item.outcome is not Outcome.WAIVED


def _waived(item: ItemEntry) -> bool:
    return item.outcome is Outcome.WAIVED


class _Fleet:
    def __init__(self, documents: Sequence[Document], speech: Speech, now: datetime) -> None:
        self.documents = documents
        self.speech = speech
        self.names = Wording(speech)
        self.now = now

    def services(self) -> Html:
        heads = [
            self._say("column_service"),
            self._say("column_level"),
            self._say("column_tier"),
            *(f"{GLYPHS[word]} {self.names.word(word)}" for word in Word),
            self.names.outcome(Outcome.WAIVED),
            self._say("heading_gate"),
            self._say("column_inspected"),
        ]
        title = self._say("fleet_services")
        rows = (self._service(document) for document in self.documents)
        return tag("section", tag("h2", title), table(title, heads, rows), class_="card services")

    def _service(self, document: Document) -> list[Html | str | None]:
        commit = (document.repository.commit or "")[:7]
        passed = "gate_passed_alone" if document.gate.asked else "gate_not_asked"
        gate = passed if document.gate.passed else "gate_failed"
        return [
            document.service,
            str(document.level.application),
            document.tier,
            *(str(document.words.get(word, 0)) for word in Word),
            str(document.outcomes.get(Outcome.WAIVED, 0)),
            self._say(gate),
            join([day(document.made_at), " ", tag("code", commit) if commit else None]),
        ]

    def items_that(self, chosen: Callable[[ItemEntry], bool]) -> tuple[_Common, ...]:
        """Items of that kind, those of most services first."""
        found: dict[str, list[str]] = {}
        titles: dict[str, str] = {}
        for document in self.documents:
            for item in filter(chosen, document.items):
                found.setdefault(item.id, []).append(document.service)
                titles.setdefault(item.id, item.title)
        every = (
            _Common(id=id_, title=titles[id_], services=tuple(services))
            for id_, services in found.items()
        )
        return tuple(sorted(every, key=lambda one: (-len(one.services), one.id)))

    def common(self, name: str, every: tuple[_Common, ...]) -> Html:
        """A table of items with the services that they concern."""
        title = self._say(name)
        if not every:
            return NOTHING
        heads = [self._say(head) for head in ("column_item", "column_share", "column_services")]
        rows = (self._common(one) for one in every[:MOST])
        return tag("section", tag("h2", title), table(title, heads, rows), class_="card")

    def _common(self, one: _Common) -> list[Html | str | None]:
        share = len(one.services) * BAR // len(self.documents)
        bar = tag(
            "svg",
            tag("rect", class_="all", width=str(BAR), height="6"),
            tag("rect", class_="part", width=str(share), height="6"),
            class_="meterline",
            viewBox=f"0 0 {BAR} 6",
            preserveAspectRatio="none",
            aria_hidden="true",
        )
        counted = f"{len(one.services)} / {len(self.documents)}"
        named = ", ".join(sorted(_numbered(one.services)))
        return [f"{one.id} {visible(one.title)}", join([counted, bar]), named]

    def expiring(self) -> Html:
        """What has run out, or will within a month, the next first."""
        soon = sorted(
            (item.expires_at, document.service, item.id, item.title)
            for document in self.documents
            for item in document.items
            if item.expires_at and item.expires_at <= self.now + SOON
        )
        if not soon:
            return NOTHING
        title = self._say("heading_expires")
        heads = [
            self._say("column_expires"),
            self._say("column_service"),
            self._say("column_item"),
        ]
        rows = ([self._until(at), service, f"{id_} {name}"] for at, service, id_, name in soon)
        return tag("section", tag("h2", title), table(title, heads, rows), class_="card")

    def _until(self, at: datetime) -> str:
        return day(at) if at > self.now else self._say("expired_item", day=day(at))

    def _say(self, name: str, **fields: str | int) -> str:
        return self.speech.text(f"report.{name}", **fields)


def _numbered(services: Iterable[str]) -> Iterable[str]:
    """Names, with a count where several reports are of one name."""
    return (
        name if count == 1 else f"{name} ({count})" for name, count in Counter(services).items()
    )
