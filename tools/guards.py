"""What the guard ships, as JSON: it is read in a tenth of the time that its YAML takes."""

from pathlib import Path

import msgspec
import yaml

DATA = Path(__file__).resolve().parents[1] / "src/tenken/guardrails/policy/data"


def shipped(name: str) -> str:
    """Give the JSON of one of the files that people edit."""
    text = (DATA / f"{name}.yaml").read_bytes()
    loaded = yaml.load(text, Loader=yaml.CSafeLoader)
    return msgspec.json.encode(loaded, order="deterministic").decode() + "\n"
