"""Tables of models for tests, as a wheel of the real kind holds them; all figures are made up."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date

from tenken.models.known import Models
from tenken.models.rebuild import TABLE, read_table

AS_OF = date(2026, 11, 1)
ENTRIES: Mapping[str, Mapping[str, object]] = {
    "small-1": {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 1.5e-07,
        "output_cost_per_token": 6e-07,
        "cache_read_input_token_cost": 7.5e-08,
        "max_input_tokens": 128000,
        "source": "https://example.com/prices",
    },
    "azure/eu/small-1": {
        "litellm_provider": "azure",
        "mode": "chat",
        "input_cost_per_token": 2e-07,
        "output_cost_per_token": 7e-07,
        "deprecation_date": "2026-12-01",
    },
    "gemini/long-1": {
        "litellm_provider": "gemini",
        "mode": "chat",
        "input_cost_per_token": 1e-06,
        "input_cost_per_token_above_200k_tokens": 2e-06,
        "output_cost_per_token": 1e-05,
        "output_cost_per_token_above_200k_tokens": 1.5e-05,
    },
    "painter": {"litellm_provider": "openai", "mode": "image_generation"},
    "bedrock/*/1-month-commitment/x": {"litellm_provider": "bedrock", "mode": "chat"},
    "elsewhere": {"litellm_provider": "some_other", "mode": "chat"},
}


def table(entries: Mapping[str, Mapping[str, object]] = ENTRIES) -> bytes:
    """Give the text of a table."""
    return json.dumps(entries).encode()


def wheel(entries: Mapping[str, Mapping[str, object]] = ENTRIES, *, name: str = TABLE) -> bytes:
    """Give a wheel that holds it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, table(entries))
    return made.getvalue()


def known() -> Models:
    """Give the table as read."""
    return read_table(table(), name="litellm 1.0", as_of=AS_OF)
