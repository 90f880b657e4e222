"""What the application keeps in writing on every stack."""

from textwrap import dedent

RUNBOOK = dedent("""\
    # Errors

    ## Detect
    The error rate is above 1 % for ten minutes.

    ## Act
    Roll back: `gcloud run services update-traffic desk --to-revisions desk-001=100`

    ## Verify
    The error rate falls below 0.1 % within five minutes.
    """)
KPI = dedent("""\
    # KPI

    | KPI | Formula | Owner |
    |---|---|---|
    | Solved without staff | count(`desk.enquiry.resolved`) / all enquiries | Mori |
    """)
PAPERS = {
    "docs/runbooks/errors.md": RUNBOOK,
    "docs/runbooks/tokens.md": RUNBOOK.replace("Errors", "Tokens"),
    "docs/runbooks/guard.md": RUNBOOK.replace("Errors", "Guard"),
    "docs/runbooks/guard-critical.md": RUNBOOK.replace("Errors", "Guard, critical"),
    "docs/kpi.md": KPI,
}
