"""The page on drills names every key of a request file, every drill and every fault."""

import re

import msgspec
import pytest

from tenken.drills.prove.registry import DRILLS
from tenken.drills.prove.requests import (
    Access,
    ProviderAnswers,
    RequestFile,
    Tolerances,
    WrittenRequest,
    WrongCredential,
)
from tenken.drills.provider.fault import Wrong
from tests.shape.source import ROOT

PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("docs/reference/prove.md", "docs/ja/prove.md")
}
KEYS = {
    field.encode_name
    for kind in (Access, ProviderAnswers, RequestFile, Tolerances, WrittenRequest, WrongCredential)
    for field in msgspec.structs.fields(kind)
} - {"version"}


@pytest.mark.parametrize("page", PAGES)
def test_every_key_of_a_request_file_is_told(page: str) -> None:
    """A key that nobody reads about is a key that nobody uses."""
    told = {word for code in re.findall(r"`([^`\n]+)`", PAGES[page]) for word in code.split(".")}
    told = {word.removesuffix("[]") for word in told}

    assert sorted(KEYS - told) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_drill_is_told(page: str) -> None:
    """With what is done and when it is proved."""
    assert [item for item in DRILLS if f"| {item}" not in PAGES[page]] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_fault_is_told(page: str) -> None:
    """By the name that a plan calls it."""
    assert [kind for kind in Wrong if f"`{kind}`" not in PAGES[page]] == []
