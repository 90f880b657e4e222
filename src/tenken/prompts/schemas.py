"""Reads shapes, in JSON Schema or in the compact form of dotprompt.

    question: string, what the user wants to know
    tone?(enum, how it is said): [polite, plain]
    lines(array): {item: string, count: integer}

Anything that is not read here is refused: a bound that nobody holds would be a promise.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from tenken.config.node import Node
from tenken.config.schema import nearest
from tenken.pattern import Pattern
from tenken.prompts.shape import BOUNDS, SCALARS, Kind, Scalar, Shape
from tenken.prompts.told import Told
from tenken.sentence import say

NAME = Pattern(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
KEY = Pattern(r"([A-Za-z_][A-Za-z0-9_]{0,63})(\?)?(?:\((array|object|enum)(?:,([^)]*))?\))?")
DEPTH_MAX = 8
FIELDS_MAX = 200
KNOWN = ("type", "description", "title", "enum", "const")
OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    **BOUNDS,
    Kind.ARRAY: ("items", "minItems", "maxItems"),
    Kind.OBJECT: ("properties", "required", "additionalProperties"),
}
TYPES = {kind.value: kind for kind in Kind if kind is not Kind.ANY}
NOTHING = Shape(kind=Kind.OBJECT)
REFUSED = Shape(kind=Kind.ANY)
"""Stands where there is a problem already."""


class Schemas:
    """Reads the shapes of one file."""

    def __init__(self, told: Told, *, anything: bool) -> None:
        """`anything`: whether a value may be of any type, as a part of an answer may."""
        self._told = told
        self._anything = anything
        self._fields = 0

    def read(self, node: Node, key: str, line: int) -> Shape:
        """Give the shape of an object; what is wrong is told."""
        if not isinstance(node.value, Mapping):
            self._told.add(line, key, say("prompts.no_schema"))
            return NOTHING
        if node.at("type").text == Kind.OBJECT and "properties" in node.mapping:
            return self._schema(node, key, 0)
        return self._compact(node, key, 0)

    def _schema(self, node: Node, key: str, depth: int) -> Shape:
        if depth > DEPTH_MAX or not isinstance(node.value, Mapping):
            id_ = "prompts.schema_deep" if depth > DEPTH_MAX else "prompts.no_schema"
            self._told.add(node.line, key, say(id_))
            return REFUSED
        kind = TYPES.get(node.at("type").text)
        if kind is None:
            if self._anything and node.mapping.keys() <= {"description", "title"}:
                return Shape(kind=Kind.ANY, description=node.at("description").text)
            self._told.add(node.line, key, say("prompts.no_type", known=", ".join(TYPES)))
            return REFUSED
        self._keywords(node, kind, key)
        low, high = self._bounds(node, kind, key)
        shape = Shape(
            kind=kind,
            allowed=self._allowed(node, kind, key),
            least=low,
            most=high,
            description=node.at("description").text,
        )
        if kind is Kind.ARRAY:
            return replace(shape, items=self._schema(node.at("items"), f"{key}.items", depth + 1))
        return self._object(node, shape, key, depth) if kind is Kind.OBJECT else shape

    def _keywords(self, node: Node, kind: Kind, key: str) -> None:
        known = (*KNOWN, *OF_KIND.get(kind, ()))
        for name in node.mapping:
            if name not in known:
                sentence = say("prompts.unknown_keyword", name=name[:64], known=", ".join(known))
                self._told.add(node.line_of(name), f"{key}.{name[:64]}", sentence)

    def _bounds(self, node: Node, kind: Kind, key: str) -> tuple[float | None, float | None]:
        found: list[float | None] = []
        for name in BOUNDS.get(kind, ()):
            there = node.at(name)
            counts = kind in {Kind.STRING, Kind.ARRAY}
            good = there.number is not None and (not counts or there.number >= 0)
            if there and not good:
                self._told.add(node.line_of(name), f"{key}.{name}", say("prompts.bad_bound"))
            value = there.value
            found.append(value if isinstance(value, int | float) and good else None)
        low, high = found or (None, None)
        if low is not None and high is not None and low > high:
            self._told.add(node.line, key, say("prompts.bad_bound"))
        return low, high

    def _allowed(self, node: Node, kind: Kind, key: str) -> tuple[Scalar, ...]:
        if "enum" not in node.mapping and "const" not in node.mapping:
            return ()
        listed = (node.at("const"),) if "const" in node.mapping else node.at("enum").items
        return self._values(listed, kind, node.line_of("enum"), key)

    def _values(
        self, listed: tuple[Node, ...], kind: Kind, line: int, key: str
    ) -> tuple[Scalar, ...]:
        found = [one.value for one in listed if _is(one.value, kind)]
        if not found or len(found) != len(listed):
            self._told.add(line, key, say("prompts.bad_enum", kind=kind.value))
        return tuple([one for one in found if isinstance(one, str | int | float)])

    def _object(self, node: Node, shape: Shape, key: str, depth: int) -> Shape:
        fields = {
            name: self._schema(one, f"{key}.{name}", depth + 1)
            for name, one in node.at("properties").mapping.items()
            if self._named(name, node.at("properties").line_of(name), key)
        }
        required = [one.text for one in node.at("required").items]
        for name in required:
            if name not in fields:
                sentence = say("prompts.required_unknown", name=name[:64])
                self._told.add(node.line_of("required"), f"{key}.required", sentence)
        return replace(
            shape,
            fields=fields,
            required=frozenset(required) & fields.keys(),
            closed=node.at("additionalProperties").value is not True,
        )

    def _named(self, name: str, line: int, key: str) -> bool:
        self._fields += 1
        good = NAME.fullmatch(name) is not None and self._fields <= FIELDS_MAX
        if not good:
            id_ = "prompts.bad_name" if self._fields <= FIELDS_MAX else "prompts.many_fields"
            self._told.add(line, key, say(id_, name=name[:64], most=FIELDS_MAX))
        return good

    def _compact(self, node: Node, key: str, depth: int) -> Shape:
        if depth > DEPTH_MAX:
            self._told.add(node.line, key, say("prompts.schema_deep"))
            return REFUSED
        fields: dict[str, Shape] = {}
        required: set[str] = set()
        for written, one in node.mapping.items():
            line = node.line_of(written)
            found = KEY.fullmatch(written)
            if found is None or found[1] in fields:
                self._told.add(line, key, say("prompts.bad_name", name=written[:64]))
                continue
            name = found[1]
            if not self._named(name, line, key):
                continue
            shape = self._entry(found[3] or "", one, f"{key}.{name}", line=line, depth=depth + 1)
            said = (found[4] or "").strip()
            fields[name] = replace(shape, description=said) if said else shape
            if not found[2]:
                required.add(name)
        return Shape(kind=Kind.OBJECT, fields=fields, required=frozenset(required))

    def _entry(self, how: str, node: Node, key: str, *, line: int, depth: int) -> Shape:
        if how == "enum":
            return self._listed(node, key, line)
        if how == "array":
            return Shape(kind=Kind.ARRAY, items=self._inner(node, key, line, depth))
        return self._inner(node, key, line, depth)

    def _listed(self, node: Node, key: str, line: int) -> Shape:
        values = self._values(node.items, Kind.STRING, line, key)
        return Shape(kind=Kind.STRING, allowed=values)

    def _inner(self, node: Node, key: str, line: int, depth: int) -> Shape:
        if isinstance(node.value, Mapping):
            if node.at("type").text in TYPES:
                return self._schema(node, key, depth)
            return self._compact(node, key, depth)
        type_, _, said = node.text.partition(",")
        kind = TYPES.get(type_.strip())
        if kind in SCALARS and kind is not None:
            return Shape(kind=kind, description=said.strip())
        if self._anything and type_.strip() == Kind.ANY:
            return Shape(kind=Kind.ANY, description=said.strip())
        close = nearest(type_.strip()[:64], TYPES)
        sentence = say("prompts.no_type", known=", ".join([close] if close else TYPES))
        self._told.add(line, key, sentence)
        return REFUSED


def _is(value: object, kind: Kind) -> bool:
    match kind:
        case Kind.STRING:
            return isinstance(value, str)
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return False
