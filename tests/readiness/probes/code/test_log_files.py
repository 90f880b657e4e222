"""Logging that is set up by a file: what its root handlers write decides."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import monitoring
from tests.readiness.applications import survey_of

START = """
import uvicorn
from openai import OpenAI
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    log_config: str = Field(...)


def main() -> None:
    OpenAI().chat.completions.create(model="m", messages=[])
    uvicorn.run("app.main:app", log_config=Settings().log_config)


if __name__ == "__main__":
    main()
"""
LOGGING = """
{
  "version": 1,
  "formatters": {
    "lines": {"()": "ecs_logging.StdlibFormatter"},
    "plain": {"class": "logging.Formatter", "format": "%(message)s"}
  },
  "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
  "root": {"level": "INFO", "handlers": ["console"]}
}
"""
IMAGE = """
FROM python:3.12 AS development
ENV LOG_CONFIG="logging-dev.json"
FROM python:3.12
ENV LOG_CONFIG="logging.json"
COPY . .
CMD ["python", "-m", "app.main"]
"""
FILES = {"app/main.py": START, "logging.json": LOGGING, "Dockerfile": IMAGE}


def holding(**changed: str) -> Holding:
    """The verdict with some of the files changed."""
    named = {"start": "app/main.py", "config": "logging.json", "image": "Dockerfile"}
    files = FILES | {named[key]: text for key, text in changed.items()}
    return monitoring.logs_are_structured(survey_of(files)).holding


def test_a_file_with_a_json_formatter_on_the_root_holds() -> None:
    """Named by a variable that the image sets, by the code, or by the start command."""
    written = START.replace("Settings().log_config", '"logging.json"')
    command = START.replace(", log_config=Settings().log_config", "")
    started = 'FROM python:3.12\nCMD ["uvicorn", "app.main:app", "--log-config", "logging.json"]\n'

    assert holding() is Holding.HOLDS
    assert holding(start=written, image="FROM python:3.12\n") is Holding.HOLDS
    assert holding(start=command, image=started) is Holding.HOLDS


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("config", '"formatter": "lines"', '"formatter": "plain"'),
        ("config", '"handlers": ["console"]', '"handlers": []'),
        ("image", '"logging.json"', '"logging-dev.json"'),
        ("start", ", log_config=Settings().log_config", ""),
    ],
)
def test_a_json_formatter_that_nobody_writes_with_does_not_hold(
    part: str, old: str, new: str
) -> None:
    """Another formatter on the handler, no handler, another file, or no file named."""
    text = {"config": LOGGING, "image": IMAGE, "start": START}[part]

    assert holding(**{part: text.replace(old, new)}) is not Holding.HOLDS
