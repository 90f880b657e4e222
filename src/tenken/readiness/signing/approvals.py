"""Approvals that a forge recorded, attached as a file: who approved which sign-off, and when."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Struct

from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.sentence import say


class Approval(Struct, frozen=True, kw_only=True):
    """A review that approved a sign-off."""

    file: str
    """Path of the sign-off below the inspected root."""
    approver: str
    """The address of the person."""
    at: Annotated[datetime, msgspec.Meta(tz=True)]


def read_approvals(content: bytes, *, file: str) -> tuple[Approval, ...]:
    """Read a JSON list of approvals; raises Malformed where it is none."""
    try:
        return msgspec.json.decode(content, type=tuple[Approval, ...])
    except (msgspec.DecodeError, RecursionError) as error:
        sentence = say("signoff.bad_approvals", detail=str(error))
        raise Malformed((Problem(place=Place(file), key="", sentence=sentence),)) from error
