"""Requests of a messenger: its framework verifies the signature where it is given the secret."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.security import callers_are_verified
from tests.readiness.applications import survey_of

BOLT = """
from openai import OpenAI
from slack_bolt import App
from slack_bolt.adapter.aws_lambda import SlackRequestHandler

from app.settings import secret


def made() -> App:
    return App(token=secret("token"), signing_secret=secret("signing"))


def handler(event, context):
    OpenAI().chat.completions.create(model="m", messages=[])
    return SlackRequestHandler(app=made()).handle(event, context)
"""


def holding(text: str) -> Holding:
    """Whether callers are verified."""
    return callers_are_verified(survey_of({"app/main.py": text})).holding


def test_a_framework_with_its_signing_secret_verifies_callers() -> None:
    """Each request is refused before a listener sees it."""
    assert holding(BOLT) is Holding.HOLDS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('signing_secret=secret("signing")', 'signing_secret=""'),
        (', signing_secret=secret("signing")', ""),
        ('secret("signing"))', 'secret("signing"), request_verification_enabled=False)'),
        ("(app=made())", "(app=None)"),
        ("from slack_bolt import App", "from app.fake import App"),
    ],
)
def test_one_that_checks_nothing_does_not(old: str, new: str) -> None:
    """No secret, the check switched off, an application nobody starts, another library."""
    assert holding(BOLT.replace(old, new)) is not Holding.HOLDS
