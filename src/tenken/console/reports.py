"""The reports of inspections that the console can read."""

from msgspec import DecodeError, ValidationError

from tenken.console.view import View
from tenken.errors import TenkenError
from tenken.readiness.report.document import Document, parse


def reports(view: View) -> tuple[Document, ...]:
    """Give the reports of this application that can be read, the newest first."""
    found = []
    for content in view.desk.serving.reports():
        try:
            found.append(parse(content, file="report"))
        except (TenkenError, DecodeError, ValidationError):
            continue  # of another version of tenken: it says nothing here
    return tuple(found)
