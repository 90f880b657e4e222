"""Reads the table of prices in a LiteLLM wheel: its JSON alone, no code of it is ever imported.

The file's shape: `model_prices_and_context_window_backup.json` of LiteLLM 1.109.1 (MIT), read
2026-11-23. Prices in it are US dollars a token, written as floats; they are read as decimals.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from tenken.errors import UsageError
from tenken.models.known import LongPrices, Models, Origin, Row, Vendor

TABLE = "litellm/model_prices_and_context_window_backup.json"
TABLE_BYTES_MAX = 32 << 20
MODES = frozenset({"chat", "responses", "embedding"})
PLACES: Mapping[str, tuple[Vendor, str]] = {
    "openai": ("openai", "openai/"),
    "azure": ("azure", "azure/"),
    "anthropic": ("anthropic", "anthropic/"),
    "gemini": ("google", "gemini/"),
    "bedrock": ("bedrock", "bedrock/"),
    "bedrock_converse": ("bedrock", "bedrock/"),
}
"""The table's word for a provider → ours, and what it writes before the model's name."""
VERTEX = "vertex_ai"
MILLION = Decimal(1_000_000)
LONGER = (100_000, 128_000, 200_000, 272_000)
"""The thresholds that prices change at, in the table's names."""

Entry = Mapping[str, object]


def read_wheel(wheel: bytes, *, name: str, as_of: date) -> Models:
    """Give the table of a wheel; raises UsageError where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
            if archive.getinfo(TABLE).file_size > TABLE_BYTES_MAX:
                raise UsageError("pricing.table_too_large", limit=TABLE_BYTES_MAX >> 20)
            text = archive.read(TABLE)
    except (zipfile.BadZipFile, KeyError) as error:
        raise UsageError("pricing.no_table", file=name, table=TABLE) from error
    return read_table(text, name=name, as_of=as_of)


def read_table(text: bytes, *, name: str, as_of: date) -> Models:
    """Give the rows of the providers that we speak to; raises UsageError."""
    try:
        entries = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as error:
        raise UsageError("pricing.bad_table", file=name, error=str(error)) from error
    if not isinstance(entries, dict):
        raise UsageError("pricing.bad_table", file=name, error="{}")
    origin = Origin(
        read_from=name, sha256=hashlib.sha256(text).hexdigest(), as_of=as_of, licence="MIT"
    )
    rows = sorted(_rows(entries), key=lambda row: row.key)
    return Models(origin=origin, rows={row.key: row for row in rows})


def _rows(entries: Mapping[str, object]) -> Iterator[Row]:
    for name, entry in entries.items():
        if isinstance(entry, dict) and (place := _place(name, entry)):
            yield _row(*place, entry)


def _place(name: str, entry: Entry) -> tuple[Vendor, str] | None:
    provider = str(entry.get("litellm_provider", ""))
    if entry.get("mode") not in MODES or "*" in name or "commitment" in name:
        return None
    vendor, prefix = PLACES.get(
        provider, ("vertex", "vertex_ai/") if provider.startswith(VERTEX) else ("openai", "")
    )
    return (vendor, name.removeprefix(prefix)) if prefix else None


def _row(vendor: Vendor, model: str, entry: Entry) -> Row:
    return Row(
        provider=vendor,
        model=model,
        input=_price(entry, "input_cost_per_token"),
        output=_price(entry, "output_cost_per_token"),
        cache_read=_price(entry, "cache_read_input_token_cost"),
        cache_write=_price(entry, "cache_creation_input_token_cost"),
        cache_write_hour=_price(entry, "cache_creation_input_token_cost_above_1hr"),
        reasoning=_price(entry, "output_cost_per_reasoning_token"),
        long=_long(entry),
        context_tokens=_whole(entry, "max_input_tokens"),
        output_tokens_max=_whole(entry, "max_output_tokens"),
        retires_on=_date(entry, "deprecation_date"),
        source=_source(entry),
    )


def _long(entry: Entry) -> LongPrices | None:
    for tokens in LONGER:
        after = f"_above_{tokens // 1000}k_tokens"
        read = _price(entry, f"input_cost_per_token{after}")
        written = _price(entry, f"output_cost_per_token{after}")
        if read is not None and written is not None:
            return LongPrices(
                above_tokens=tokens,
                input=read,
                output=written,
                cache_read=_price(entry, f"cache_read_input_token_cost{after}"),
                cache_write=_price(entry, f"cache_creation_input_token_cost{after}"),
                cache_write_hour=_price(
                    entry, f"cache_creation_input_token_cost_above_1hr{after}"
                ),
            )
    return None


def _price(entry: Entry, name: str) -> Decimal | None:
    found = entry.get(name)
    if not isinstance(found, Decimal) or not found.is_finite() or found < 0:
        return None
    million = (found * MILLION).normalize()
    return million.quantize(Decimal(1)) if million == million.to_integral_value() else million


def _whole(entry: Entry, name: str) -> int | None:
    found = entry.get(name)
    return int(found) if isinstance(found, Decimal) and found >= 1 else None


def _source(entry: Entry) -> str:
    found = str(entry.get("source", ""))
    return found if found.startswith("https://") else ""  # a remark is no place to look


def _date(entry: Entry, name: str) -> date | None:
    try:
        return date.fromisoformat(str(entry.get(name, "")))
    except ValueError:
        return None
