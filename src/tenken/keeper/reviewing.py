"""What follows from what people say of a guard's matches: lines for its files.

A value is on record as a mark alone, so whoever takes a line over writes the value itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from tenken.store.reviews import Item


def proposals(items: Sequence[Item]) -> Iterator[str]:
    """Give lines for `policy.yaml`: of values and rules whose matches were all false alarms."""
    false = [one for one in items if one.judgement and not one.judgement.is_true]
    rules = Counter(one.rule for one in items)
    marks = Counter((one.risk, one.mark) for one in items if one.mark)
    wrong_rules = Counter((one.risk, one.rule) for one in false)
    wrong_marks = Counter((one.risk, one.mark) for one in false if one.mark)
    for (risk, rule), count in sorted(wrong_rules.items()):
        if count == rules[rule]:
            yield f"# {count}/{rules[rule]} false: {rule}"
            yield f'- {{risk: {risk}, allow: {{rules: ["{rule}"]}}}}  # + action'
    for (risk, mark), count in sorted(wrong_marks.items()):
        if count == marks[risk, mark]:
            yield f"# {count}/{marks[risk, mark]} false: mark {mark}"
            yield f'- {{risk: {risk}, allow: {{values: ["..."]}}}}  # + action'


def row_of_test(one: Item, text: str, *, is_true: bool) -> str:
    """Give a row for `tenken guard test`, of a text that somebody knows."""
    quoted = msgspec.json.encode(text).decode()
    expect = one.action if is_true else "pass"
    return f"  - {{text: {quoted}, direction: {one.stage}, expect: {expect}}}"
