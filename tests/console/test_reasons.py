"""What was decided after a call stands on the page in the reader's language."""

from collections.abc import Iterator

import pytest

from tenken.console.showing.reasons import reason
from tenken.gateway.calling.attempt import SENT_AGAIN
from tenken.messages.speech import Language, Speech
from tenken.policy.retry import RetryBudget, RetryPlan, Tried, decide, told
from tenken.wire.failure import Failure

EVERY = RetryPlan()


def decided() -> Iterator[str]:
    """Everything that `decide` gives as a reason, over all that it looks at."""
    for failure in Failure:
        for times in range(1, EVERY.attempts_max + 1):
            for others in ((), ("second",)):
                for tokens in (0.0, 10.0):
                    for left_s in (0.0, 30.0):
                        for patience in (None, 60.0):
                            for committed in (False, True):
                                one = Tried(
                                    target="first", failure=failure, committed=committed,
                                    retry_after_s=patience,
                                )  # fmt: skip
                                yield told(decide(
                                    EVERY, (one,) * times, others=others, left_s=left_s,
                                    budgets={"first": RetryBudget(tokens=tokens)}, chance=0.5,
                                ))  # fmt: skip


REASONS = sorted({*decided(), SENT_AGAIN, "second answered first"})


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_is_a_sentence(language: Language) -> None:
    """None is shown as the record keeps it; the failure in it is a word, too."""
    said = {kept: reason(Speech(language), kept) for kept in REASONS}
    plain = {"second answered first"} if language is Language.EN else set()

    assert len(REASONS) > 30
    assert {kept for kept, text in said.items() if text == kept} == plain
    assert [text for text in said.values() if "_" in text or "{" in text] == []


def test_two_of_them() -> None:
    """One that goes on, and one that gives up."""
    japanese = Speech(Language.JA)

    assert reason(japanese, "overloaded at gpt-4o-openai") == (
        "gpt-4o-openai が失敗: プロバイダーが過負荷"
    )
    assert reason(Speech(Language.EN), "first asks for 60 s of patience") == (
        "Given up: first asks to wait for 60 s"
    )


def test_one_of_another_version_is_shown_as_it_is() -> None:
    """It was meant for people, too."""
    assert reason(Speech(Language.JA), "the moon was full") == "the moon was full"
