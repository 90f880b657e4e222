"""What a guard policy says of risks and of data, and which of its rules are tried by texts."""

from collections import Counter
from collections.abc import Iterable, Mapping

from tenken.config.yaml import YamlError, read_yaml
from tenken.guardrails.policy.draft import ANY_USE_CASE
from tenken.guardrails.policy.policy import ACTIONS, Policy, Rule
from tenken.guardrails.policy.risks import family
from tenken.readiness.collectors.gateways.stated import Written
from tenken.readiness.facts.gateways import GuardPolicy, PolicyData, PolicyRule
from tenken.readiness.facts.tree import Tree

KINDS: Mapping[str, tuple[str, ...]] = {
    "name": ("pii.name",),
    "address": ("pii.address",),
    "email": ("pii.email",),
    "phone": ("pii.phone",),
    "my_number": ("pii.jp.my_number",),
    "bank_account": ("pii.jp.bank_account", "pii.iban"),
    "credit_card": ("pii.card",),
    "residence_card": ("pii.jp.residence_card",),
    "passport": ("pii.jp.passport",),
    "licence": ("pii.jp.driver_licence",),
    "birth_date": ("pii.birth_date",),
    "ip_address": ("pii.ip",),
    "api_key": ("secret",),
}
"""The risks that have to be masked or stopped before a kind of data counts as masked."""
STOPS = frozenset({"mask", "block"})


def policy_of(policy: Policy, written: Written, tries: Counter[str]) -> GuardPolicy:
    """Give what a policy says, beside the guards that it is."""
    return GuardPolicy(
        path=written.path,
        rules=tuple(_rule(risk, policy, written, tries) for risk in _ruled(policy)),
        data=tuple(
            PolicyData(
                type=one.type,
                data_class=one.data_class,
                treatment=one.treatment,
                place=written.data(one.type),
            )
            for one in policy.data
            if written.states_data(one.type)
        ),
        masks=tuple(kind for kind, risks in KINDS.items() if _is_masked(policy, risks)),
    )


def _ruled(policy: Policy) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.risk for rule in policy.rules.values()))


def _rule(risk: str, policy: Policy, written: Written, tries: Counter[str]) -> PolicyRule:
    """Weakest wins over use cases, strongest over directions: one of them is where it happens."""
    every = (policy.rules, *policy.of_use_case.values())
    by_use_case = [_strongest(rules.values(), risk) for rules in every]
    action = min(filter(None, by_use_case), key=ACTIONS.index, default="shadow")
    return PolicyRule(
        risk=risk,
        action=action,
        place=written.place(risk, ANY_USE_CASE),
        tests=sum(count for name, count in tries.items() if risk in family(name)),
        waived_until=written.waived_until(risk),
    )


def _strongest(rules: Iterable[Rule], risk: str) -> str:
    found = [rule.action for rule in rules if rule.risk == risk]
    return max(found, key=ACTIONS.index, default="")


def _is_masked(policy: Policy, risks: tuple[str, ...]) -> bool:
    rules = (
        policy.rule(risk, direction, use_case)
        for risk in risks
        for direction in policy.risks[risk].directions
        for use_case in (ANY_USE_CASE, *policy.of_use_case)
    )
    return all(rule is not None and rule.action in STOPS for rule in rules)


def tries_of(tree: Tree, path: str) -> Counter[str]:
    """Count the texts of `tenken guard test` beside the policy, by the risks they are to show."""
    folder = path.rpartition("/")[0]
    found: Counter[str] = Counter()
    for entry in tree.below(folder):
        if entry.suffix not in {".yaml", ".yml"} or entry.path == path:
            continue
        text = tree.text(entry.path)
        documents = read_yaml(text) if isinstance(text, str) else YamlError(0, "")
        if isinstance(documents, YamlError):
            continue
        for document in documents:
            for case in document.at("tests").items:
                if case.at("text").text and case.at("expect").text:
                    found.update(risk.text for risk in case.at("risks").items)
    return found
