"""Every fault of a provider becomes what the reference says, through every API."""

import pytest

from tests.faults.cells import FAULTS, FORMS, JAPANESE, NO_CELL, STREAMS_ONLY, cells, declared, met

pytestmark = pytest.mark.slow

TYPES = {
    "no_healthy_upstream": "overloaded_error",
    "rate_limit_exceeded": "rate_limit_error",
    "upstream_timeout": "timeout_error",
}
OTHERS = "api_error"


@pytest.mark.parametrize("fault", FAULTS)
def test_each_cell_is_as_declared(fault: str) -> None:
    """Whole and streamed, with one provider and with two."""
    table = declared()
    for cell in cells(fault):
        outcome = met(cell)

        assert (cell, outcome.told) == (cell, table[fault, cell.form, cell.providers])
        if outcome.told.startswith("answered"):
            continue
        code = outcome.told.partition(",")[0].rpartition(" ")[2]
        shown = TYPES.get(code, OTHERS) if cell.api == "messages" else code
        assert (cell, outcome.code) == (cell, shown)


def test_the_table_has_every_cell() -> None:
    """And no outcome for what is no fault of a whole answer."""
    table = declared()

    assert set(table) == {(fault, *form) for fault in FAULTS for form in FORMS}
    empty = {fault for (fault, form, _), said in table.items() if said == NO_CELL}
    assert empty == STREAMS_ONLY


def test_nothing_that_is_broken_looks_whole() -> None:
    """In no cell."""
    assert not [said for said in declared().values() if "looks whole" in said]


def test_both_languages_say_the_same() -> None:
    """Cell by cell."""
    assert declared(JAPANESE) == declared()
