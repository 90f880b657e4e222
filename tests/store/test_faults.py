"""What is told of a database that does not answer."""

import pytest
from psycopg import OperationalError
from sqlalchemy.exc import DBAPIError

from tenken.store.faults import Away, kind

TO = 'connection to server at "10.0.0.9", port 5432 failed: '


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"{TO}Connection refused", "OperationalError: Connection refused"),
        (
            f'{TO}FATAL:  password authentication failed for user "u-secret"',
            "OperationalError: password authentication failed",
        ),
        (f'{TO}FATAL:  database "secret" does not exist', "OperationalError: does not exist"),
        pytest.param("secret", "OperationalError", id="anything else"),
    ],
)
def test_why_is_told_in_the_driver_s_own_words_alone(said: str, told: str) -> None:
    """Its address, its user and what was asked may hold what nobody should read."""
    driver = OperationalError(said)
    around = Away("secret")
    around.__cause__ = DBAPIError("SELECT 'secret'", {}, driver)

    assert kind(driver) == told
    assert kind(around) == told.replace("OperationalError", "DBAPIError")
