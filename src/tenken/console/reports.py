"""The reports of inspections that the console can read, in the language of whoever looks."""

from collections.abc import Mapping
from functools import cache

from msgspec import DecodeError, ValidationError
from msgspec.structs import replace

from tenken.console.view import View
from tenken.errors import TenkenError
from tenken.messages.speech import Language
from tenken.readiness.catalogue import shipped
from tenken.readiness.report.document import ActionEntry, Document, ItemEntry, parse


def reports(view: View) -> tuple[Document, ...]:
    """Give the reports of this application that can be read, the newest first."""
    found = []
    for content in view.desk.serving.reports():
        try:
            report = parse(content, file="report")
        except (TenkenError, DecodeError, ValidationError):
            continue  # of another version of tenken: it says nothing here
        found.append(_in_language(report, view.speech.language))
    return tuple(found)


def _in_language(report: Document, language: Language) -> Document:
    """Say titles and remedies of the checklist in a language; a team's own stay as they are."""
    said = _said(language)
    return replace(
        report,
        items=tuple(_item(one, said) for one in report.items),
        actions=tuple(_action(one, said) for one in report.actions),
    )


def _item(one: ItemEntry, said: Mapping[str, str]) -> ItemEntry:
    remedy = one.remedy
    if remedy is not None:
        remedy = replace(remedy, text=_put(remedy.text, said))
    return replace(one, title=_put(one.title, said), remedy=remedy)


def _action(one: ActionEntry, said: Mapping[str, str]) -> ActionEntry:
    return replace(one, text=_put(one.text, said))


def _put(text: str, said: Mapping[str, str]) -> str:
    return said.get(text, text)


@cache
def _said(language: Language) -> Mapping[str, str]:
    """Give what each text of the checklist is in a language, by the text in either."""
    known = shipped()
    both = [
        text
        for item in known.items
        for text in (item.title, *(remedy.text for remedy in item.remedies.values()))
    ]
    return {
        told: one.ja if language is Language.JA else one.en
        for one in both
        for told in (one.ja, one.en)
    }
