"""Reads a body so that gateway and provider cannot read it differently.

The quick way is a typed decode, and a second one that must give the body back when it is written
again. Whatever is out of the ordinary (a field named twice, an escape in a name, a wrong type, a
number that no float holds) is read again, slowly, to say what is wrong and where; it is refused,
or found good after all.
"""

import json
from collections.abc import Iterable
from math import inf, isfinite
from typing import Any, TypeVar

import msgspec
import re2
from msgspec import Struct

from tenken.sentence import Field, say
from tenken.wire.asked import BodyLimits
from tenken.wire.refusal import Refusal, Refused
from tenken.wire.wrong.allowed import allowed_at, nearest
from tenken.wire.wrong.whereabouts import half_character, place_of, places

Whole = TypeVar("Whole", bound=Struct)
HUGE = re2.compile(rb"[0-9][eE]\+?[0-9]{3}|[0-9]{310}")
"""A number that may be more than a float holds; checked exactly by the slow way."""
SHORTEST = 4  # "1e309" is longer
DIGITS_MAX = 400
NUMBER_SHOWN = 24
BEGINS_NUMBER = frozenset(b"%c" % one for one in b"-0123456789NI")
NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
ALIKE = bytes.maketrans(b"{}", b"[]")
PIECE = 1 << 20
EXPLAINED_MAX = 1 << 20
"""A larger body that is refused is not read again for every detail of why."""
ENCODER = msgspec.json.Encoder()
BEGINNING = 64


def invalid(code: str, param: str | None, id: str, /, **fields: Field) -> Refusal:  # noqa: A002 - as `say`
    """Give the refusal of a body: 400, and the message `gateway.<id>`."""
    return Refusal(
        Refused(status=400, code=code, param=param, sentence=say(f"gateway.{id}", **fields))
    )


def sound(body: bytes, *, limits: BodyLimits) -> None:
    """Refuse a body that is no UTF-8 or is nested too deeply; nearly free for one that is good."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                raise invalid("invalid_json", None, "not_utf8", at=0) from error
            path = place_of(body, error.start) if len(body) <= EXPLAINED_MAX else None
            raise invalid("invalid_unicode", path, "bad_unicode", at=error.start) from error
    if body.count(b"[") + body.count(b"{") > limits.depth_max:
        _depth(_brackets(body, limits.objects_max), limits.depth_max)


def said_once(body: bytes, shape: "msgspec.json.Decoder[Any]") -> bool:
    """Whether no name stands twice, escaped or not, in the objects that `shape` tells apart.

    A decoder keeps one of two values of the same name, so what it gives is shorter than the body
    when it is written again without spaces. `shape` must keep every value as `Raw`: then nothing
    else changes its length. Names with escapes and names that `shape` lacks give False too.
    """
    try:
        spaced = b'": ' in body[:BEGINNING]  # then it is no match before the spaces are gone
        # Many end with a line.
        size = len(body) if body.endswith(b"}") else len(body.rstrip())
        if not spaced and len(ENCODER.encode(shape.decode(body))) == size:
            return True
        compact = msgspec.json.format(body, indent=-1)
        return len(ENCODER.encode(shape.decode(compact))) == len(compact)
    except msgspec.ValidationError:
        return False


def decode(decoder: "msgspec.json.Decoder[Whole]", body: bytes) -> Whole:
    """Decode a body into the fields that are acted upon; raises Refusal with path and reason."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        if len(body) <= EXPLAINED_MAX:
            strict(body)
        raise _wrong_value(error, decoder.type) from error
    except (msgspec.DecodeError, RecursionError) as error:
        if len(body) <= EXPLAINED_MAX:
            strict(body)
        line, column = _where(body, error)
        raise invalid("invalid_json", None, "no_json", line=line, column=column) from error


def strict(body: bytes) -> None:
    """Read a sound body with every check there is; raises Refusal for the first thing wrong."""
    text = body.decode()
    if not text.strip():
        raise invalid("invalid_json", None, "empty_body")
    if text.startswith("\ufeff"):
        raise invalid("invalid_json", None, "byte_order_mark")
    try:
        value = _strict_decoder().decode(text)
    except json.JSONDecodeError as error:
        raise invalid(
            "invalid_json", None, "no_json", line=error.lineno, column=error.colno
        ) from error
    except ValueError as error:
        raise _bad_number(body) from error
    if not isinstance(value, dict):
        raise invalid("invalid_json", None, "no_object")
    _surrogates(body)


def _strict_decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_once, parse_constant=_constant, parse_float=_float, parse_int=_int
    )


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise invalid("duplicate_parameter", name[:64], "twice", name=name[:64])
            seen.add(name)
    return found


def _constant(name: str) -> object:
    raise ValueError(name)


def _float(digits: str) -> float:
    number = float(digits) if len(digits) <= DIGITS_MAX else inf
    if number in {inf, -inf}:
        raise ValueError(digits)
    return number


def _int(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise ValueError(digits)
    return int(digits)


def _bad_number(body: bytes) -> Refusal:
    """Say which number nobody should read, and where it stands."""
    for one in places(body):
        if one.said[:1] in BEGINS_NUMBER and not _finite(one.said):
            number, path = one.said[:NUMBER_SHOWN].decode("latin-1"), one.path or None
            return invalid("invalid_number", path, "bad_number", name=path or "?", number=number)
    return invalid("invalid_number", None, "bad_number", name="?", number="…")


def _finite(number: bytes) -> bool:
    try:
        return len(number) <= DIGITS_MAX and isfinite(float(number))
    except ValueError:
        return False


def _surrogates(body: bytes) -> None:
    """Find half of a character pair: it cannot be written again as UTF-8."""
    if b"\\u" not in body:
        return
    for one in places(body):
        half = half_character(one.said) if one.said[:1] == b'"' else None
        if half is not None:
            raise invalid("invalid_unicode", one.path or None, "bad_unicode", at=one.at + half)


def _depth(left: bytes, most: int) -> None:
    """Refuse what is nested more deeply; each step takes the innermost brackets away at once."""
    for _ in range(most):
        shorter = left.replace(b"[]", b"")
        if len(shorter) == len(left):
            break
        left = shorter
    opened = left.count(b"[")
    # Brackets that do not match are no JSON, which the decoder will say unless they are too many.
    if opened > most or 0 < opened == len(left) - opened:
        raise invalid("too_deep", None, "too_deep", limit=most)


def _brackets(body: bytes, most: int) -> bytes:
    """Give the brackets outside texts, all as `[` and `]`; refuse more objects than `most`."""
    if b"\\" in body:
        body = body.replace(rb"\\", b"").replace(rb"\"", b"")
    found, objects, within = list[bytes](), 0, 0
    for start in range(0, len(body), PIECE):
        parts = body[start : start + PIECE].split(b'"')
        outside = b"".join(parts[within::2])
        found.append(outside.translate(ALIKE, delete=NO_BRACKETS))
        within ^= (len(parts) - 1) & 1
        objects += outside.count(b"{")
        if objects > most:
            raise invalid("invalid_value", None, "too_many", most=most)
    return b"".join(found)


def huge_numbers(raws: Iterable[msgspec.Raw]) -> bool:
    """Whether fields that nobody here reads may hold a number that no float holds."""
    return any(len(raw) > SHORTEST and HUGE.search(bytes(raw)) for raw in raws)


def _where(body: bytes, error: Exception) -> tuple[int, int]:
    """Give line and column of the byte that a decoder stopped at."""
    digits = str(error).rpartition("(byte ")[2].removesuffix(")")
    before = body[: int(digits)] if digits.isdigit() else body
    return before.count(b"\n") + 1, len(before) - before.rfind(b"\n")


def _wrong_value(error: msgspec.ValidationError, shape: Any) -> Refusal:
    said, _, where = str(error).partition(" - at `")
    param = where.rstrip("`").removeprefix("$").removeprefix(".") or None
    if said.startswith("Object contains unknown field"):
        name = said.rpartition("unknown field ")[2].strip("`")
        path = f"{param}.{name}" if param else name
        near = nearest(shape, param or "", name)
        said = "unknown_parameter_near" if near else "unknown_parameter"
        return invalid("unknown_parameter", path, said, name=path[:128], near=near)
    if said.startswith("Object missing required field"):
        name = said.rpartition("required field ")[2].strip("`")
        path = f"{param}.{name}" if param else name
        return invalid("missing_required_parameter", path, "missing_parameter", name=path)
    if param == "messages" and said.startswith("Expected `array`"):
        return invalid("missing_required_parameter", param, "missing_parameter", name=param)
    allowed = allowed_at(shape, param) if param else ""
    told = "invalid_value_allowed" if allowed else "invalid_value"
    return invalid(
        "invalid_value", param, told, name=param or "?", why=said[:200], allowed=allowed
    )
