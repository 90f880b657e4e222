"""What a chain of models can give, by what their providers promise, held against the SLOs.

Targets of a route stand side by side: it answers while one of them does. Targets of the same
provider and region fail together, so they count once, with the best of them:

    primary 99.9 %, fallback at another provider 99.5 %  →  1 - 0.001 x 0.005 = 99.9995 %
    primary 99.9 %, fallback at the same provider and region 99.9 %  →  99.9 %
"""

from collections.abc import Iterator, Mapping
from math import prod

from msgspec import Struct

from tenken.config.application import Model, Route
from tenken.config.manifest import Manifest
from tenken.config.operating.objectives import Slo
from tenken.errors import Problem
from tenken.sentence import say

OF_AVAILABILITY = ("availab", "success", "uptime", "error", "5xx", "可用", "稼働", "成功")


class Chain(Struct, frozen=True, kw_only=True):
    """The availability of a route, and how it was reckoned."""

    percent: float
    arithmetic: str
    """`1 - (1 - 0.999) x (1 - 0.995)`."""


def chain_of(route: Route, models: Mapping[str, Model]) -> Chain | None:
    """What the route can give; None where a target's promise is not known."""
    together: dict[tuple[str, str], float] = {}
    for target in route.targets:
        model = models.get(target)
        if model is None or model.sla is None:
            return None
        share = model.sla.availability_percent / 100
        where = (model.provider, model.region)
        together[where] = max(together.get(where, 0.0), share)
    lost = prod(1 - share for share in together.values())
    reckoned = " x ".join(f"(1 - {share:g})" for share in together.values())
    return Chain(percent=round((1 - lost) * 100, 6), arithmetic=f"1 - {reckoned}")


def above_the_chain(manifest: Manifest) -> Iterator[Problem]:
    """SLOs that promise more than the models behind them do."""
    app = manifest.application
    models = {model.id: model for model in app.models}
    for at, slo in enumerate(app.slos):
        if not _is_of_availability(slo):
            continue
        for route in app.routes:
            if slo.use_case not in {None, route.use_case}:
                continue
            chain = chain_of(route, models)
            if chain and slo.target_percent > chain.percent:
                sentence = say(
                    "config.slo_above_chain",
                    slo=slo.name,
                    target=f"{slo.target_percent:.6g}",
                    route=route.name,
                    chain=f"{chain.percent:.6g}",
                    arithmetic=chain.arithmetic,
                )
                yield manifest.problem(("slos", at, "target_percent"), sentence)


def _is_of_availability(slo: Slo) -> bool:
    text = f"{slo.name} {slo.sli}".lower()
    return any(word in text for word in OF_AVAILABILITY)
