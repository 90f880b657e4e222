"""The description of the JSON API, made from the table of routes."""

import re

from tenken.console.routes import PAGES, PageRoute
from tenken.console.showing.machine import Json
from tenken.messages.speech import Language, Speech

HOLE = re.compile(r"\{(\w+)\}")


def described() -> Json:
    """Give the document, OpenAPI 3.1."""
    speech = Speech(Language.EN)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tenken console",
            "version": "1",
            "description": speech.text("console.api_lead"),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}],
        "paths": {
            **{
                ("/overview" if one.path == "/" else one.path): {"get": _operation(one, speech)}
                for one in PAGES
            },
            "/evidence": {"get": _evidence()},
            "/signoffs": {"get": _signoffs()},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "tenken"},
            },
            "schemas": {"Page": _page(), "Table": _table(), "Error": _error()},
        },
    }


def _operation(one: PageRoute, speech: Speech) -> Json:
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in HOLE.findall(one.path)
    ]
    parameters += [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in (*one.asks, "table")
    ]
    either: Json = {"oneOf": [_reference("Page"), _reference("Table")]}
    return {
        "operationId": one.name,
        "summary": speech.text(f"console.page_{one.name}"),
        "x-role": one.needs.value,
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": either}}},
            **{
                status: {
                    "description": reason,
                    "content": {"application/json": {"schema": _reference("Error")}},
                }
                for status, reason in (
                    ("400", "Unknown parameter"), ("401", "Nobody known"), ("403", "Not allowed"),
                    ("404", "No such thing"), ("503", "The store is away"),
                )
            },
        },
    }  # fmt: skip


def _evidence() -> Json:
    """The signed lines that `tenken check --live` reads."""
    since: Json = {"type": "string", "format": "date-time"}
    line: Json = {"schema": {"type": "string"}}
    error: Json = {"application/json": {"schema": _reference("Error")}}
    return {
        "operationId": "evidence",
        "summary": "What the running system has proved: signed lines, of very many the newest",
        "parameters": [{"name": "since", "in": "query", "required": False, "schema": since}],
        "responses": {
            "200": {"description": "OK", "content": {"application/x-ndjson": line}},
            **{
                status: {"description": reason, "content": error}
                for status, reason in (
                    ("400", "No moment"), ("401", "Nobody known"), ("503", "The store is away"),
                )
            },
        },
    }  # fmt: skip


def _signoffs() -> Json:
    """What people have signed here, as `tenken check --live` reads it."""
    line: Json = {"schema": {"type": "string"}}
    error: Json = {"application/json": {"schema": _reference("Error")}}
    return {
        "operationId": "signoffs",
        "summary": "What people have signed in the console: sealed lines, the newest first",
        "responses": {
            "200": {"description": "OK", "content": {"application/x-ndjson": line}},
            **{
                status: {"description": reason, "content": error}
                for status, reason in (
                    ("401", "Nobody known"), ("403", "Not allowed"),
                    ("503", "The store is away"),
                )
            },
        },
    }  # fmt: skip


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _page() -> Json:
    text: Json = {"type": "string"}
    body: Json = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["form"],
            "properties": {"form": text},
        },
    }
    part: Json = {
        "type": "object",
        "required": ["name", "title", "body"],
        "properties": {"name": text, "title": text, "body": body},
    }
    return {
        "type": "object",
        "required": ["page", "title", "parts"],
        "properties": {
            "page": text, "title": text, "parts": {"type": "array", "items": part},
        },
    }  # fmt: skip


def _table() -> Json:
    return {
        "type": "object",
        "required": ["name", "label", "columns", "rows", "more"],
        "properties": {
            "name": {"type": "string"},
            "label": {"type": "string"},
            "columns": {"type": "array", "items": {"type": "object"}},
            "rows": {"type": "array", "items": {"type": "object"}},
            "more": {"type": ["string", "null"]},
        },
    }


def _error() -> Json:
    return {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code"],
                "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
            }
        },
    }
