"""Sends exchanges of every kind to a real backend of traces, for a look at what becomes of them.

Nothing runs this by itself. A backend in an environment of its own, as MLflow's or Phoenix's:

    mlflow server --backend-store-uri sqlite:///mlflow.db --port 5077
    python bench/keeper/backend.py http://127.0.0.1:5077/v1/traces x-mlflow-experiment-id=0

    phoenix serve
    python bench/keeper/backend.py http://127.0.0.1:6006/v1/traces
"""

import sys
import time

from msgspec.structs import replace
from tests.keeper.sinks.records import blocked, failed, healthy, rescued

from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.sending import Manner, Traces


def wall_us() -> int:
    return time.time_ns() // 1000


def main(url: str, *headers: str) -> None:
    """Send one of each kind, twice: a backend that goes by ids has each once."""
    posting = Posting(url, dict(one.split("=", 1) for one in headers), now=wall_us)
    manner = Manner(
        name="backend", resource={"service.name": "desk"}, sampling=Sampling(share=1.0)
    )
    traces = Traces(posting, manner, tell=print)
    at = wall_us()
    exchanges = [
        replace(
            one, id=f"look-{n}", at=at, parent="", trace=f"{at:024x}{n:08x}", span=f"{at + n:016x}"
        )
        for n, one in enumerate((healthy(), rescued(), blocked(), failed()))
    ]
    for _ in range(2):
        print(traces.deliver(exchanges, at))


main(*sys.argv[1:])
