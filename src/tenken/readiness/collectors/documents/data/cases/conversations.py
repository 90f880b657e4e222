"""Evaluation sets of agents: each case is a conversation, each turn has what it should bring."""

from collections.abc import Iterator

from tenken.config.node import ABSENT, Node

CASES = ("eval_cases", "evalCases")
MAX_TURNS = 20_000


def is_conversations(document: Node) -> bool:
    """It lists cases, and the cases are conversations."""
    return any(_one_of(case, "conversation").items for case in _cases(document))


def turns(document: Node) -> Iterator[tuple[int, dict[str, str]]]:
    """Each turn as a row: what the user says, and the answer and tool calls that are expected."""
    told = 0
    for case in _cases(document):
        name = _one_of(case, "eval_id", "evalId").text
        for turn in _one_of(case, "conversation").items:
            told += 1
            if told > MAX_TURNS:
                return
            yield turn.line, {"id": name, **_row(turn)}


def _row(turn: Node) -> dict[str, str]:
    answer = _said(_one_of(turn, "final_response", "finalResponse"))
    between = _one_of(turn, "intermediate_data", "intermediateData")
    used = _one_of(between, "tool_uses", "toolUses").items
    calls = ", ".join(one.at("name").text for one in used if one.at("name").text)
    return {
        "input": _said(_one_of(turn, "user_content", "userContent")),
        "expected": answer or calls,
    }


def _cases(document: Node) -> tuple[Node, ...]:
    return _one_of(document, *CASES).items


def _said(content: Node) -> str:
    return " ".join(one.at("text").text for one in content.at("parts").items).strip()


def _one_of(node: Node, *keys: str) -> Node:
    return next((node.at(key) for key in keys if node.at(key)), ABSENT)
