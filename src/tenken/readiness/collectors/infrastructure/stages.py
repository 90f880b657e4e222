"""Which environment a folder, a file or a name speaks of."""

from collections.abc import Mapping

from tenken.pattern import Pattern
from tenken.remembered import remembered

WORDS: Mapping[str, str] = {
    "prod": "prod", "production": "prod", "prd": "prod", "live": "prod", "本番": "prod",
    "stg": "stg", "stage": "stg", "staging": "stg", "preprod": "stg", "uat": "stg", "qa": "stg",
    "dev": "dev", "develop": "dev", "development": "dev", "sandbox": "dev", "local": "dev",
}  # fmt: skip
SEPARATORS = Pattern(r"[^0-9A-Za-z\x80-\x{10FFFF}]+")


@remembered
def stage_of(text: str) -> str:
    """Give `prod`, `stg` or `dev` where a word of the text says so; the last word wins.

    >>> stage_of("envs/prod/main.tf"), stage_of("shift-desk-dev"), stage_of("production_line.tf")
    ('prod', 'dev', 'prod')
    """
    found = [WORDS[word] for word in SEPARATORS.split(text.lower()) if word in WORDS]
    return found[-1] if found else ""
