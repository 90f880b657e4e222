"""Clients that take the cloud's tokens, and those through which a key can still go."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.security import (
    credentials_are_short_lived,
    no_static_key_is_reachable,
)
from tests.readiness.applications import facts_of
from tests.readiness.estates.survey import survey_of

HEAD = """\
import os
from azure.identity import DefaultAzureCredential, get_bearer_token_provider
from azure.identity.aio import ManagedIdentityCredential
from openai import AsyncAzureOpenAI, AzureOpenAI
from langchain_openai import AzureChatOpenAI

credential = DefaultAzureCredential()
tokens = get_bearer_token_provider(credential, "https://cognitiveservices.azure.com/.default")
switch = tokens if os.getenv("USE_IDENTITY") else None
options = {"api_key": os.environ["LLM"]}


def ask_for_token():
    return credential.get_token("https://cognitiveservices.azure.com/.default").token


"""
CREATE = ".chat.completions.create(model='m', messages=[])\n"


@pytest.mark.parametrize(
    "client",
    [
        f"AzureOpenAI(azure_ad_token_provider=tokens){CREATE}",
        f"AsyncAzureOpenAI(azure_ad_token_provider=ask_for_token){CREATE}",
        f"AzureOpenAI(azure_endpoint='https://e', api_key=tokens){CREATE}",
        "AzureChatOpenAI(azure_deployment='m', azure_ad_token_provider=tokens).invoke('x')\n",
    ],
)
def test_a_source_of_tokens_in_place_of_a_key(client: str) -> None:
    """By the keyword for it, or in the place of the key."""
    code = facts_of({"app/llm.py": HEAD + client})

    (call,) = code.calls
    assert call.by_token is not None
    survey = survey_of({"app/llm.py": HEAD + client}, code)
    assert credentials_are_short_lived(survey).holding is Holding.HOLDS
    assert no_static_key_is_reachable(survey).holding is Holding.HOLDS


@pytest.mark.parametrize(
    "client",
    [
        f"AzureOpenAI(){CREATE}",
        f"AzureOpenAI(azure_ad_token_provider=None){CREATE}",
        f"AzureOpenAI(azure_ad_token_provider=switch){CREATE}",
        f"AzureOpenAI(azure_ad_token_provider=tokens, api_key=os.environ['LLM']){CREATE}",
        f"AzureOpenAI(azure_ad_token_provider=tokens, **options){CREATE}",
        f"AzureOpenAI(api_key=os.environ['LLM']){CREATE}",
        f"AzureOpenAI(azure_ad_token=os.environ['LLM']){CREATE}",
    ],
)
def test_a_key_that_can_still_be_taken(client: str) -> None:
    """None, a switch, a key beside it, unknown options, a token somebody pasted."""
    code = facts_of({"app/llm.py": HEAD + client})

    (call,) = code.calls
    assert call.by_token is None
    survey = survey_of({"app/llm.py": HEAD + client}, code)
    assert credentials_are_short_lived(survey).holding is not Holding.HOLDS


def test_one_client_by_key_is_enough() -> None:
    """Every call counts."""
    first = f"AzureOpenAI(azure_ad_token_provider=tokens){CREATE}"
    files = {"app/llm.py": HEAD + first + f"AzureOpenAI(){CREATE}"}

    survey = survey_of(files, facts_of(files))

    assert no_static_key_is_reachable(survey).holding is not Holding.HOLDS
