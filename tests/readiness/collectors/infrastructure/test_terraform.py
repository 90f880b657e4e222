"""Terraform is worked out as far as the repository allows, and no further."""

from textwrap import dedent

import pytest

from tenken.config.node import Node
from tenken.readiness.collectors.infrastructure.terraform.estate import Resource, read_estate
from tenken.readiness.collectors.infrastructure.values import pattern
from tenken.readiness.facts.infrastructure import UnseenBecause
from tests.readiness.trees import FakeTree


def resources(**files: str) -> tuple[Resource, ...]:
    """The resources of files named `main__tf` for `main.tf`, `a___b__tf` for `a/b.tf`."""
    named = {
        name.replace("___", "/").replace("__", "."): dedent(text) for name, text in files.items()
    }
    return read_estate(FakeTree(named)).resources


def attribute(text: str, **more: str) -> Node:
    """The attribute `v` of the one resource in a file."""
    return resources(main__tf=text, **more)[0].body().at("v")


PREAMBLE = """
variable "with_default" { default = 4 }
variable "without" {}
variable "object" { default = { a = { b = "deep" } } }
variable "list" { default = ["one", "two"] }
variable "env" { default = "prod" }
locals {
  name  = "desk-${var.env}"
  sizes = { prod = 10, dev = 1 }
  loop  = local.other
  other = local.loop
}
resource "other_thing" "named" {
  name = "other"
}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("var.with_default", 4, id="default"),
        pytest.param("local.name", "desk-prod", id="local"),
        pytest.param('"${local.name}-x"', "desk-prod-x", id="template"),
        pytest.param("var.object.a.b", "deep", id="into-object"),
        pytest.param("var.list[1]", "two", id="into-list"),
        pytest.param("local.sizes[var.env]", None, id="index-by-reference"),
        pytest.param("lookup(local.sizes, var.env, 3)", 10, id="lookup"),
        pytest.param('var.env == "prod" ? 7 : 1', 7, id="conditional"),
        pytest.param("var.with_default * 2 + 1", 9, id="sum"),
        pytest.param("var.with_default > 3 && true", True, id="logic"),
        pytest.param("other_thing.named.name", "other", id="attribute"),
        pytest.param('coalesce("", "b")', "b", id="coalesce"),
        pytest.param('format("%s-%d", "a", 2)', "a-2", id="format"),
        pytest.param("merge({a = 1}, {b = 2}).b", None, id="member-of-a-call"),
    ],
)
def test_expressions_are_worked_out(expression: str, expected: object) -> None:
    """Variables, locals, other resources and simple functions; None is: not known."""
    found = attribute(f'resource "thing" "x" {{\n  v = {expression}\n}}\n{PREAMBLE}')

    assert (None if found.tag else found.value) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "var.without", "var.gone", "data.thing.x.id", "local.loop", "uuid()", "module.gone.out",
        'var.without == "a" ? 1 : 2', "timestamp()", "each.value",
    ],
)  # fmt: skip
def test_what_cannot_be_known_stays_tagged(expression: str) -> None:
    """Nobody takes it for a value."""
    assert attribute(f'resource "thing" "x" {{\n  v = {expression}\n}}\n{PREAMBLE}').tag


def test_a_name_that_is_half_known_is_a_pattern() -> None:
    """Unknown parts are stars."""
    found = attribute(f'resource "thing" "x" {{\n  v = "a-${{var.without}}-b"\n}}\n{PREAMBLE}')

    assert pattern(found) == "a-*-b"


def test_value_files_make_environments() -> None:
    """Values that are taken by themselves, and files that somebody names."""
    files = {
        "main__tf": 'variable "n" { default = 1 }\nresource "thing" "x" {\n  v = var.n\n}\n',
        "terraform__tfvars": "n = 2\n",
        "prod__tfvars": "n = 3\n",
        "envs___stg__tfvars": "n = 4\n",
    }

    found = resources(**files)

    assert {(one.stage, one.body().at("v").number) for one in found} == {("prod", 3), ("stg", 4)}


STAGED = 'variable "environment" { default = "dev" }\n'


@pytest.mark.parametrize(
    ("files", "stage"),
    [
        pytest.param({}, "", id="default"),
        pytest.param({"terraform__tfvars": 'environment = "dev"\n'}, "dev", id="given"),
        pytest.param({"prod__tfvars": "n = 1\n"}, "prod", id="named"),
    ],
)
def test_a_default_stands_for_whichever_environment_is_applied(
    files: dict[str, str], stage: str
) -> None:
    """Only a value from outside says which one it is, also where a module hands it on."""
    made = 'resource "thing" "x" {\n  v = 1\n}\n'
    root = STAGED + made + 'module "m" {\n source = "./m"\n environment = var.environment\n}\n'
    fixed = STAGED + 'module "m" {\n source = "./m"\n environment = "prod"\n}\n'

    found = resources(main__tf=root, m___main__tf=STAGED + made, **files)
    told = resources(main__tf=fixed, m___main__tf=STAGED + made)

    assert {one.stage for one in found} == {stage}
    assert {one.stage for one in told} == {"prod"}


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        pytest.param("count = 0", [], id="none"),
        pytest.param("count = 2", ["x"], id="some"),
        pytest.param("count = var.without", ["x"], id="unknown"),
        pytest.param('for_each = toset(["a", "b"])', ["x", "x"], id="each"),
        pytest.param("for_each = {}", [], id="each-of-nothing"),
    ],
)
def test_count_and_for_each(meta: str, expected: list[str]) -> None:
    """A resource that is not made is not there; one that may be made is."""
    found = resources(main__tf=f'variable "without" {{}}\nresource "thing" "x" {{\n  {meta}\n}}\n')

    assert [one.name for one in found] == expected


def test_each_value_is_known_inside() -> None:
    """Keys and values of a literal collection."""
    text = (
        'resource "thing" "x" {\n  for_each = { a = 1, b = 2 }\n'
        '  v = "${each.key}-${each.value}"\n}\n'
    )

    assert [one.body().at("v").text for one in resources(main__tf=text)] == ["a-1", "b-2"]


def test_dynamic_blocks_are_made() -> None:
    """Once for each element, whatever the iterator is called."""
    text = """\
        locals { ports = { http = 80, https = 443 } }
        resource "thing" "x" {
          dynamic "port" {
            for_each = local.ports
            content {
              name   = port.key
              number = port.value
            }
          }
        }
        """

    made = resources(main__tf=text)[0].body().at("port").items

    assert [(one.at("name").text, one.at("number").number) for one in made] == [
        ("http", 80), ("https", 443),
    ]  # fmt: skip


def test_modules_are_followed_both_ways() -> None:
    """Arguments go in, outputs come out, and the address says where a resource stands."""
    found = resources(
        main__tf='module "m" {\n  source = "./inner"\n  n = 5\n}\n'
        'resource "thing" "x" {\n  v = module.m.out\n}\n',
        inner___main__tf='variable "n" {}\nresource "thing" "y" {\n  v = var.n\n'
        '}\noutput "out" { value = var.n }\n',
    )

    assert {one.address: one.body().at("v").number for one in found} == {
        "module.m.thing.y": 5, "thing.x": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "because"),
    [
        ("terraform-aws-modules/ecs/aws", UnseenBecause.REMOTE_MODULE),
        ("git::https://example.com/x.git", UnseenBecause.REMOTE_MODULE),
        ("./gone", UnseenBecause.ABSENT),
    ],
)
def test_modules_elsewhere_are_not_seen(source: str, because: UnseenBecause) -> None:
    """They are told, with their place, and never dropped."""
    estate = read_estate(FakeTree({"main.tf": f'module "m" {{\n  source = "{source}"\n}}\n'}))

    assert [(one.because, one.detail, one.place.line) for one in estate.unseen] == [
        (because, source, 1)
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('module "m" {\n  source = "./"\n}\n', id="itself"),
        pytest.param('module "m" {\n  source = "../a"\n}\n', id="loop"),
        pytest.param(
            "locals {\n  l0 = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(f"  l{n} = [{', '.join([f'local.l{n - 1}'] * 10)}]\n" for n in range(1, 12))
            + '}\nresource "thing" "x" {\n  v = local.l11\n}\n',
            id="billion",
        ),
    ],
)
def test_what_never_ends_is_bounded(text: str) -> None:
    """Modules that call each other and values that grow tenfold."""
    files = {"a/main.tf": text, "b/main.tf": 'module "m" {\n  source = "../a"\n}\n'}

    found = [one.body() for one in read_estate(FakeTree(files)).resources]

    assert sum(1 for body in found for _ in body.walk()) < 3_000_000
