"""What an answer was asked to be: JSON of a schema, in each API's own words."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from tenken.wire.api import Api
from tenken.wire.words.words import Json, objects

Schema = dict[str, Any]
ANY_OBJECT: Schema = {"type": "object"}


class Agreed(Struct, frozen=True, eq=False):
    """What an answer was asked to be."""

    api: Api
    schema: Schema

    def texts(self, body: Json) -> list[str]:
        """Give the texts of a whole answer that it holds for: no thoughts, no calls of tools."""
        return [text for text in _answers(self.api, body) if isinstance(text, str) and text]

    def holds_for(self, channel: str) -> bool:
        """Tell whether a text of a stream is one of them."""
        match self.api:
            case Api.CHAT:
                return channel.endswith("/content")
            case Api.RESPONSES:
                return channel.startswith("response.output_text")
            case _:
                return channel.endswith("/text")


def agreed(api: Api, body: Json) -> Agreed | None:
    """Give what a request asks an answer to be; None where it may be anything."""
    for form in _forms(api, body):
        if not isinstance(form, dict):
            continue
        if form.get("type") == "json_object":
            return Agreed(api, ANY_OBJECT)
        named = form.get("json_schema")
        schema = named.get("schema") if isinstance(named, dict) else form.get("schema")
        if form.get("type") == "json_schema" and isinstance(schema, dict):
            return Agreed(api, schema)
    return None


def _forms(api: Api, body: Json) -> tuple[Any, ...]:
    match api:
        case Api.CHAT:
            return (body.get("response_format"),)
        case Api.RESPONSES:
            text = body.get("text")
            return (text.get("format"),) if isinstance(text, dict) else ()
        case Api.MESSAGES:
            config = body.get("output_config")
            own = config.get("format") if isinstance(config, dict) else None
            return (own, body.get("output_format"))
        case Api.EMBEDDINGS:
            return ()


def _answers(api: Api, body: Json) -> Iterable[Any]:
    match api:
        case Api.CHAT:
            messages = [one.get("message") for one in objects(body.get("choices"))]
            return [one.get("content") for one in messages if isinstance(one, dict)]
        case Api.RESPONSES:
            parts = [part for one in objects(body.get("output")) for part in _parts(one)]
            return [one.get("text") for one in parts if one.get("type") == "output_text"]
        case Api.MESSAGES:
            blocks = objects(body.get("content"))
            return [one.get("text") for one in blocks if one.get("type") == "text"]
        case Api.EMBEDDINGS:
            return ()


def _parts(item: Json) -> list[Json]:
    return objects(item.get("content")) if item.get("type") == "message" else []
