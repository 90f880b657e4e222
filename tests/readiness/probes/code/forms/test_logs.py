"""Log lines as JSON in the forms applications write them in, and what only looks like it."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import monitoring
from tests.readiness.applications import survey_of

OWN = """
import json
import logging
import logging.config


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"level": record.levelname, "message": record.getMessage()})


def setup() -> None:
    logging.config.dictConfig({
        "version": 1,
        "formatters": {"plain": {"format": "%(message)s"}, "lines": {"()": FORM}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["out"], "level": "INFO"},
    })
"""
BRIDGED = """
import logging
import os

import structlog

final = structlog.processors.JSONRenderer()


def setup() -> None:
    structlog.configure(processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter])
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[
        structlog.stdlib.ProcessorFormatter.remove_processors_meta, final,
    ]))
    logging.getLogger().addHandler(handler)
"""
SINK = """
import json
import sys

from loguru import logger


def sink(message) -> None:
    record = message.record
    line = json.dumps({"level": record["level"].name, "message": record["message"]})
    print(line, file=sys.stdout)


def setup() -> None:
    logger.remove()
    logger.add(sink)
"""
FORMAT = """
import json
import sys

from loguru import logger


def shaped(record) -> str:
    record["extra"]["line"] = json.dumps({"message": record["message"]})
    return "{extra[line]}\\n"


def setup() -> None:
    logger.remove()
    logger.add(sys.stderr, format=shaped)
"""
POWERTOOLS = """
from aws_lambda_powertools import Logger

logger = Logger(service="desk")


def setup() -> None:
    logger.info("ready")
"""
OTEL = """
import logging

from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler


def setup() -> None:
    handler = LoggingHandler(logger_provider=LoggerProvider())
    logging.getLogger().addHandler(handler)
"""
MAIN = "from app.logs import setup\n\nsetup()\n"
TRUE = {
    "a class in a configuration": OWN.replace("FORM", "Lines"),
    "its dotted name": OWN.replace("FORM", '"app.logs.Lines"'),
    "structlog's formatter": BRIDGED,
    "its other keyword": BRIDGED.replace("(processors=[\n", "(processor=final, x=[\n"),
    "a sink": SINK,
    "a format": FORMAT,
    "powertools": POWERTOOLS,
    "records of OpenTelemetry": OTEL,
}  # fmt: skip
FALSE = {
    "a formatter that no handler uses": OWN.replace("FORM", "Lines").replace(
        '"formatter": "lines"', '"formatter": "plain"'
    ),
    "a class that writes text": OWN.replace("FORM", "Lines").replace(
        'json.dumps({"level": record.levelname, "message": record.getMessage()})',
        "record.getMessage()",
    ),
    "a renderer for people": BRIDGED.replace(
        "structlog.processors.JSONRenderer()", "structlog.dev.ConsoleRenderer()"
    ),
    "a sink that dumps and drops it": SINK.replace("print(line", "print(message"),
    "a format that dumps nothing": FORMAT.replace("json.dumps({", "str({"),
    "a handler that no logger gets": OTEL.replace("addHandler(handler)", "setLevel(20)"),
}


@pytest.mark.parametrize("form", TRUE)
def test_these_write_json(form: str) -> None:
    """Whatever library it is told to."""
    assert _told({"app/logs.py": TRUE[form]}) is Holding.HOLDS


@pytest.mark.parametrize("form", FALSE)
def test_these_do_not(form: str) -> None:
    """A class, a renderer or a handler is there, and the lines are text."""
    assert _told({"app/logs.py": FALSE[form]}) in {Holding.FAILS, Holding.UNKNOWN}


@pytest.mark.parametrize("form", TRUE)
def test_a_set_up_that_nobody_calls_is_none(form: str) -> None:
    """Powertools alone works from the line that makes the logger."""
    answer = _told({"app/logs.py": TRUE[form]}, main="x = 1\n")

    assert (answer is Holding.HOLDS) is (form == "powertools")


def _told(files: dict[str, str], main: str = MAIN) -> Holding:
    survey = survey_of({"app/__init__.py": "", "app/main.py": main, **files})
    return monitoring.logs_are_structured(survey).holding
