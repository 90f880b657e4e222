"""What follows from a small text is made once, and what follows from a large one is not kept."""

from tenken.remembered import SMALL, remembered


def test_a_small_text_is_worked_on_once_and_a_large_one_each_time() -> None:
    asked: list[int] = []

    @remembered
    def length(text: str) -> int:
        asked.append(len(text))
        return len(text)

    small, large = "a" * SMALL, "a" * (SMALL + 1)
    assert [length(text) for text in (small, small, large, large)] == [
        SMALL, SMALL, SMALL + 1, SMALL + 1,
    ]  # fmt: skip
    assert asked == [SMALL, SMALL + 1, SMALL + 1]
