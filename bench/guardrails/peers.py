"""Other detectors, asked in the environment that they are installed in; never a dependency.

    peers.py NAME < texts.json > found.json

Texts are a list of strings; what is found is a list of [type, start, end] for each, and the CPU
time of the second pass. Types are ours; what a peer finds beyond them stays under its own name.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

Found = tuple[str, int, int]
Ask = Callable[[str], Iterable[Found]]
TYPES = {
    "jp_phone_number": "phone", "phone": "phone", "phone_number": "phone", "us_phone": "phone",
    "email": "email", "email_address": "email", "credit_card": "card", "card": "card",
    "my_number": "my_number", "jp_my_number": "my_number", "corporate_number": "corporate_number",
    "postal": "postal_code", "postal_code": "postal_code", "jp_postal_code": "postal_code",
    "zip_code": "postal_code", "ip": "ip", "ip_address": "ip", "license": "driver_licence",
    "drivers_license": "driver_licence", "driver_license": "driver_licence", "us_ssn": "ssn",
    "ssn": "ssn", "iban": "iban", "iban_code": "iban", "person": "name", "name": "name",
    "address": "address", "jp_address": "address", "location": "address", "passport": "passport",
    "jp_passport": "passport", "us_passport": "passport", "bank_account": "bank_account",
    "jp_bank_account": "bank_account", "us_bank_number": "bank_account", "dob": "birth_date",
    "date_of_birth": "birth_date", "birth_date": "birth_date", "residence_card": "residence_card",
    "jp_residence_card": "residence_card", "pension_number": "pension_number",
    "us_driver_license": "driver_licence", "jp_driver_license": "driver_licence",
    "jp_corporate_number": "corporate_number", "health_insurance": "health_insurance",
}  # fmt: skip
NEVER = {
    "date",
    "date_time",
    "amount",
    "url",
    "org",
    "organization",
    "contract",
    "zip",
    "mac_address",
}
"""No personal data by itself: neither right nor wrong."""


def _typed(name: str, start: int, end: int) -> list[Found]:
    plain = name.lower()
    return [] if plain in NEVER else [(TYPES.get(plain, plain), start, end)]


def presidio() -> Ask:
    """Its recognisers of patterns for English, and phone numbers of Japan; no model."""
    kinds: Any = importlib.import_module("presidio_analyzer.predefined_recognizers")
    recognisers = [
        kinds.CreditCardRecognizer(), kinds.EmailRecognizer(), kinds.IbanRecognizer(),
        kinds.IpRecognizer(), kinds.UsSsnRecognizer(), kinds.UsPassportRecognizer(),
        kinds.UsBankRecognizer(), kinds.UsLicenseRecognizer(),
        kinds.PhoneRecognizer(supported_regions=("JP", "US", "GB")),
    ]  # fmt: skip

    def ask(text: str) -> Iterable[Found]:
        for one in recognisers:
            for result in one.analyze(text, one.supported_entities, None):
                if result.score >= 0.4:
                    yield from _typed(result.entity_type, result.start, result.end)

    return ask


def fuseji() -> Ask:
    """Patterns for Japanese."""
    masker = importlib.import_module("fuseji").Masker()
    return lambda text: (
        found for e in masker.mask(text).entities for found in _typed(e.type, e.start, e.end)
    )


def kakushi() -> Ask:
    """Patterns for Japanese; its overlaps resolved by itself."""
    module: Any = importlib.import_module("kakushi")
    return lambda text: (
        found
        for m in module.resolve_overlaps(module.find_regex_matches(text))
        for found in _typed(m.entity_type.value, m.start, m.end)
    )


def pii_guard() -> Ask:
    """Patterns with weights."""
    detector = importlib.import_module("pii_guard").PIIDetector()
    return lambda text: (
        found for e in detector.detect(text) for found in _typed(e.label, e.start, e.end)
    )


def datafog() -> Ask:
    """Its engine of patterns."""
    module: Any = importlib.import_module("datafog")
    return lambda text: (
        found
        for e in module.scan(text, engine="regex").entities
        for found in _typed(e.type, e.start, e.end)
    )


def detect_secrets() -> Ask:
    """All of its plug-ins, as they come."""
    scan: Any = importlib.import_module("detect_secrets.core.scan")
    settings: Any = importlib.import_module("detect_secrets.settings")

    def ask(text: str) -> Iterable[Found]:
        with settings.default_settings():
            return [
                ("secret", 0, len(line)) for line in text.split("\n") if any(scan.scan_line(line))
            ]

    return ask


def turbocloak() -> Ask:
    """Names of kinds without places."""
    module: Any = importlib.import_module("turbocloak")
    return lambda text: [("secret", 0, len(text))] if module.find_secrets(text) else []


def classifinder() -> Ask:
    """Patterns with a probability."""
    module: Any = importlib.import_module("classifinder_engine")
    return lambda text: [("secret", f.span_start, f.span_end) for f in module.scan(text)]


def betterleaks() -> Ask:
    """The rules of a scanner of repositories."""
    module: Any = importlib.import_module("betterleaks")
    return lambda text: [("secret", 0, len(text))] if module.scan_string(text) else []


PEERS: dict[str, Callable[[], Ask]] = {
    "presidio": presidio, "fuseji": fuseji, "kakushi": kakushi, "pii_guard": pii_guard,
    "datafog": datafog, "detect_secrets": detect_secrets, "turbocloak": turbocloak,
    "classifinder": classifinder, "betterleaks": betterleaks,
}  # fmt: skip


def main() -> None:
    """Answer for the texts of the standard input."""
    ask = PEERS[sys.argv[1]]()
    texts: list[str] = json.load(sys.stdin)
    found = [list(ask(text)) for text in texts]
    start = time.process_time()
    for text in texts:
        list(ask(text))
    json.dump({"found": found, "cpu_s": time.process_time() - start}, sys.stdout)


if __name__ == "__main__":
    main()
