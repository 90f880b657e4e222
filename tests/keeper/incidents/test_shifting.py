"""A route goes back as far as an overlay can bring it, and the rest is named."""

import pytest

from tenken.config.application import Route
from tenken.errors import UsageError
from tenken.keeper.incidents.shifting import Shift, shift

NOW = Route(name="answer", use_case="support", targets=("new", "old"))


def test_targets_go_back_in_their_order() -> None:
    """One that was not called before is left out."""
    before = Route(name="answer", use_case="support", targets=("old",))

    assert shift(NOW, before) == Shift(change="targets=old")


def test_shares_go_back_in_whole_numbers() -> None:
    """As overlays take them, in the same proportion."""
    weights = {"new": 0.1, "old": 0.9}
    before = Route(name="answer", use_case="support", targets=("new", "old"), weights=weights)

    assert shift(NOW, before) == Shift(change="weights=new:100,old:900")


def test_what_differs_besides_is_named() -> None:
    """It stays as it is today."""
    before = Route(name="answer", use_case="support", targets=("old", "new"), guards=("pii",))

    assert shift(NOW, before) == Shift(change="targets=old,new", stays=("guards",))


def test_where_nothing_differs_there_is_nothing_to_do() -> None:
    """Guards alone are not for overlays."""
    before = Route(name="answer", use_case="support", targets=("new", "old"), guards=("pii",))

    assert shift(NOW, before) is None


def test_a_target_that_is_gone_cannot_be_brought_in() -> None:
    """What was approved in the files is what is called."""
    before = Route(name="answer", use_case="support", targets=("older", "old"))

    with pytest.raises(UsageError) as refused:
        shift(NOW, before)
    assert refused.value.sentence.fields["targets"] == "older"
