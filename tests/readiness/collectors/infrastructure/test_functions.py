"""What Terraform's functions and operators come to; unknown stays unknown."""

import pytest

from tenken.config.node import Node
from tests.readiness.collectors.infrastructure.test_terraform import PREAMBLE, resources

KNOWN = {
    'coalesce("", "b")': "b",
    "lookup(local.sizes, var.env, 2)": 10,
    'lookup(local.sizes, "stg", 2)': 2,
    "merge(local.sizes, { prod = 20 })": {"prod": 20, "dev": 1},
    "concat(var.list, [3])": ["one", "two", 3],
    'join("-", var.list)': "one-two",
    'format("%s-%d%%", "a", 5)': "a-5%",
    'lower("ABC")': "abc",
    'upper("abc")': "ABC",
    'replace("a/b/c", "/", "-")': "a-b-c",
    "length(var.list)": 2,
    'length(distinct(["a", "a", "b"]))': 2,
    'length(toset(["a", "a"]))': 1,
    'flatten([["a"], [["b"]], []])': ["a", "b"],
    'trimspace("  a ")': "a",
    "try(local.sizes.none, 3)": 3,
    "2 + 3 * 4": 14,
    "7 / 2": 3.5,
    "10 - 4": 6,
    "3 >= 3 && 2 < 1": False,
    'var.env == "prod" ? 5 : 1': 5,
    "true == 1": False,
    "true != 1": True,
    "!false": True,
    "var.without == 1 ? 4 : 4": 4,
    "false && var.without": False,
    "true || var.without": True,
}
UNKNOWN = (
    "try(var.without, 3)",
    'coalesce(var.without, "b")',
    "merge(local.sizes, var.without)",
    "concat(var.list, var.without)",
    'format("%03d", 5)',
    'format("%s-%s", "a")',
    'replace("a1", "/[0-9]/", "-")',
    "length(var.without)",
    "distinct([var.without])",
    "flatten(var.without)",
    "trimspace(var.without)",
    "lower(var.without)",
    "var.without ? 1 : 2",
    "true && var.without",
    "1 / 0",
    "cidrsubnet(var.env, 4, 1)",
)


def worked_out(expression: str) -> Node:
    """What an expression of a file comes to."""
    text = f'{PREAMBLE}resource "some_thing" "asked" {{\n  v = {expression}\n}}\n'
    return next(one.body().at("v") for one in resources(main__tf=text) if one.body().at("v"))


@pytest.mark.parametrize(("expression", "result"), KNOWN.items())
def test_what_is_known_is_worked_out(expression: str, result: object) -> None:
    """As Terraform itself would."""
    found = worked_out(expression)

    assert (found.tag, found.plain) == ("", result)


@pytest.mark.parametrize("expression", UNKNOWN)
def test_what_depends_on_the_unknown_is_not_guessed(expression: str) -> None:
    """A default that is never tried, a verb that is not worked out, a side that nobody gave."""
    assert worked_out(expression).tag
