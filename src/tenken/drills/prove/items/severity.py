"""5-2-5: what a guard stops wakes somebody where it is critical, and nobody where it is not."""

from msgspec import Struct

from tenken.drills.prove.bench import Bench, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.items.alerts import inbox_of
from tenken.drills.prove.proof import Proof, fails, gap, holds, lie, seen, spread, unknown
from tenken.drills.prove.receipts import Inbox, Receipt, firing
from tenken.drills.prove.record import models_in
from tenken.errors import UsageError
from tenken.sentence import say

PAGES = Question(probe="critical_guard_probe_pages")
QUIET = Question(probe="low_guard_probe_does_not_page")


class Heard(Struct, frozen=True, kw_only=True):
    """What probes of one severity caused."""

    page: Receipt | None
    other: Receipt | None
    """At any receiver but the one that pages."""
    after_s: float


async def run(bench: Bench) -> Outcome:
    """Send harmless requests, then probes of low severity, then critical ones."""
    inbox, alerts = inbox_of(bench, DRILL.item), bench.brief.alerts
    if not (alerts.critical and alerts.low):
        raise UsageError("prove.needs_key", item=DRILL.item, key="alerts.critical, alerts.low")
    await bench.healthy()
    probes = {*alerts.critical, *alerts.low}
    harmless = [one for one in bench.brief.asking_the_model if one.name not in probes]
    asked = await bench.ask_each(harmless, 2)
    if why := unfit(asked):
        return nothing_exercised(DRILL.questions, why)
    low = await _heard(bench, inbox, alerts.low)
    critical = await _heard(bench, inbox, alerts.critical)
    return Outcome(
        proofs=(_pages(critical), _does_not_page(low, critical)), models=models_in(asked)
    )


async def _heard(bench: Bench, inbox: Inbox, names: tuple[str, ...]) -> Heard:
    """Send the probes of one severity, again and again, until something is heard of them."""
    known, first, began = firing(inbox.receipts), len(inbox.receipts), bench.clock()
    alerts = bench.brief.alerts
    probes = [one for one in bench.brief.requests if one.name in names]
    while True:
        await bench.ask_each(probes)
        new = [
            one for one in inbox.receipts[first:] if not one.is_resolved and one.key not in known
        ]
        page = next((one for one in new if one.receiver == alerts.pages_at), None)
        other = next((one for one in new if one.receiver != alerts.pages_at), None)
        passed = bench.clock() - began
        # A page may come a moment after the message elsewhere: it is waited for.
        if page or passed > alerts.within_s or (other and passed > alerts.settles_s):
            return Heard(page=page, other=other, after_s=passed)
        bench.told(say("prove.waits_for_alert", s=int(passed)))
        await inbox.pause(alerts.pause_s)


def _pages(critical: Heard) -> Proof:
    took = spread("time_to_alert", (critical.after_s,) if critical.page else (), "s")
    if critical.page:
        remark = seen("prove.critical_paged", alert=critical.page.name)
        return Proof(probe=PAGES.probe, subs=(), answer=holds(remark), measurements=(took,))
    elsewhere = critical.other.receiver if critical.other else "-"
    finding = gap("prove.critical_did_not_page", s=int(critical.after_s), at=elsewhere)
    return Proof(probe=PAGES.probe, subs=(), answer=fails(finding))


def _does_not_page(low: Heard, critical: Heard) -> Proof:
    if low.page:
        answer = fails(lie("prove.low_paged", alert=low.page.name))
    elif low.other and critical.page:
        answer = holds(seen("prove.low_went_elsewhere", alert=low.other.name,
                            at=low.other.receiver))  # fmt: skip
    else:
        # A receiver that nothing ever reaches is quiet, too.
        answer = unknown(say("prove.low_not_heard"))
    return Proof(probe=QUIET.probe, subs=(), answer=answer)


DRILL = Drill(
    item="5-2-5", hypothesis="prove.hypothesis_5_2_5", questions=(PAGES, QUIET), run=run,
    hears_alerts=True,
)  # fmt: skip
