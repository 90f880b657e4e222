"""Where a guard policy states a rule, and what it states there."""

from msgspec import Struct

from tenken.config.node import ABSENT, Node
from tenken.place import Place


class Written(Struct, frozen=True, eq=False):
    """A policy file as written."""

    document: Node
    path: str

    def states(self, risk: str, use_case: str) -> bool:
        """Whether the rule stands in the file; otherwise it holds as it ships."""
        return bool(self._rule(risk, use_case))

    def fails_open(self, risk: str, use_case: str) -> bool:
        """Whether the file says so of the rule."""
        return self._rule(risk, use_case).at("fail").text == "open"

    def place(self, risk: str, use_case: str) -> Place:
        """The line of the rule; the file's first for one that ships."""
        return Place(self.path, self._rule(risk, use_case).line or 1)

    def states_data(self, name: str) -> bool:
        """Whether the type of data stands in the file."""
        return bool(self._data(name))

    def data(self, name: str) -> Place:
        """The line of a type of data."""
        return Place(self.path, self._data(name).line or 1)

    def waived_until(self, risk: str) -> str:
        """The day until which somebody accepts the risk; the policy is not served after it."""
        waivers = self.document.at("waivers").items
        found = next((one for one in waivers if one.at("risk").text == risk), ABSENT)
        return found.at("expires_on").text

    def _data(self, name: str) -> Node:
        entries = self.document.at("data").items
        return next((one for one in entries if one.at("type").text == name), ABSENT)

    def _rule(self, risk: str, use_case: str) -> Node:
        own = self.document.at("use_cases", use_case, "rules") if use_case else ABSENT
        shared = self.document.at("rules")
        rules = (*own.items, *shared.items)
        return next((one for one in rules if one.at("risk").text == risk), ABSENT)
