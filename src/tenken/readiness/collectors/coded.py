"""What code tells, as a part of the survey: which questions, and which process asks them."""

from collections.abc import Callable
from functools import partial
from itertools import chain

from msgspec import Struct

from tenken.readiness.collectors.code import collect as code
from tenken.readiness.collectors.sharing import Job, Second
from tenken.readiness.collectors.taking import Broken, Taking
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.tree import CollectorProblem, Tree

MOST_NODES = 180_000
"""Of syntax trees: 90 MB, most of which a copy of this process comes to hold a second time. With
more, three processes would go beyond 300 MB."""


class _Coded(Struct, frozen=True, kw_only=True):
    """A share of what code tells."""

    facts: CodeFacts
    problems: tuple[CollectorProblem, ...]


class _Apart(Struct, frozen=True, kw_only=True):
    """What is told of code apart from its syntax trees."""

    told: code.Apart
    problems: tuple[CollectorProblem, ...]


def survey_code(tree: Tree, taking: Taking, *, shared: bool) -> CodeFacts:
    """Ask everything that is asked of code; where it is shared, another process helps."""
    begun = taking.take("code", lambda: code.begin(tree))
    apart = Job(_Apart, lambda: _apart(begun))
    traces = Job(_Coded, lambda: _coded(lambda: code.told_of_traces(begun)))
    tests = [
        Job(_Coded, partial(_coded, partial(_of_tests, begun, number)))
        for number in range(code.SHARES)
    ]
    # What takes longest comes first, so that nobody waits for it at the end.
    jobs: tuple[Job[_Coded | _Apart], ...] = (*tests, apart, traces)
    second = Second(jobs) if shared and _is_light(begun) else None
    told = taking.take("code", lambda: code.told_by(begun))
    # What surrounds the calls leads through much of what led to them: it is asked here.
    around = taking.take("code", lambda: code.told_around(begun))
    if second is not None:
        second.finish()
    facts = taking.take(
        "code",
        lambda: code.whole(
            begun,
            code.Told(calls=told, around=around, traces=traces.result().facts),
            apart.result().told,
            tuple(chain.from_iterable(one.result().facts.tests for one in tests)),
        ),
    )
    taking.problems += (it for job in jobs for it in job.result().problems)
    return facts


def _is_light(begun: code.Begun) -> bool:
    return not isinstance(begun, Broken) and begun.reading.nodes <= MOST_NODES


def _coded(ask: Callable[[], CodeFacts]) -> _Coded:
    taking = Taking([])
    return _Coded(facts=taking.take("code", ask), problems=tuple(taking.problems))


def _of_tests(begun: code.Begun, number: int) -> CodeFacts:
    return CodeFacts(tests=code.told_by_tests(begun, code.share_of_tests(begun, number)))


def _apart(begun: code.Begun) -> _Apart:
    taking = Taking([])
    told = taking.take("code", lambda: code.told_apart(begun))
    return _Apart(told=told, problems=tuple(taking.problems))
