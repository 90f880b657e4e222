"""`python -m tenken`."""

from tenken.cli.main import run

run()
