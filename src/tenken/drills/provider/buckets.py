"""Requests and tokens a minute, enforced for each credential and model as providers do."""

from tenken.drills.provider.plan import Rates
from tenken.policy.limit import Full, TooLarge, Window

NEVER_S = 60.0


class Buckets:
    """What was used of the last minute."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str], Window] = {}
        self._tokens: dict[tuple[str, str], Window] = {}

    def wait_s(
        self, rates: Rates, key: tuple[str, str], *, tokens: int, now: float
    ) -> float | None:
        """Take a call's share; gives the wait where there is no room, None where there is."""
        wanted = ((self._requests, rates.rpm, 1), (self._tokens, rates.tpm, tokens))
        for windows, limit, amount in wanted:
            if limit is None:
                continue
            match windows.setdefault(key, Window()).reserve(amount, limit=limit, now=now):
                case Full(after_s=after_s):
                    return after_s
                case TooLarge():
                    return NEVER_S
                case _:
                    pass
        return None
