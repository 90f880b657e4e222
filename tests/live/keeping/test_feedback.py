"""What is said of an answer through a running gateway comes to its ledger and into a KPI."""

import json
from pathlib import Path

import pytest

from tenken.cli.main import main
from tests.live.serving import Running, key_of, providing, replaced, running, written

pytestmark = pytest.mark.live
KPIS = """
kpis:
  - id: liked
    formula: Share of thumbs up
    owner: desk
    expression: feedback.thumbs.good / feedback.thumbs.count
    baseline: 0.2
    target: 0.5
  - {id: copied, formula: Copies, owner: desk, expression: feedback.copied.count}
value: {currency: JPY, usd: 150, success: feedback.thumbs.good, per_success: 100}
"""


def post(run: Running, said: dict[str, object]) -> int:
    """Send feedback as a browser does: without a key."""
    connection = run.connect()
    try:
        body = json.dumps(said)
        connection.request("POST", "/v1/feedback", body, {"content-type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def token_of(run: Running, name: str) -> str:
    """Ask, and give the token that came with the answer."""
    connection = run.connect()
    try:
        run.send(connection, name)
        response = connection.getresponse()
        response.read()
        return response.headers["x-tenken-feedback"] or ""
    finally:
        connection.close()


def test_a_browser_rates_answers_and_a_kpi_tells(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with providing() as (_provider, url):
        written(tmp_path, url, gateway="workers: 2, feedback: {tokens: true}")
        file = tmp_path / "tenken.yaml"
        replaced(file, file.read_text() + KPIS)
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        with running(["serve", str(tmp_path)], key=key) as run:
            tokens = [token_of(run, f"asked-{n}") for n in range(4)]
            for token, value in zip(tokens, ("up", "up", "up", "down"), strict=True):
                assert post(run, {"token": token, "kind": "thumbs", "value": value}) == 202
            assert post(run, {"token": tokens[0], "kind": "thumbs", "value": "down"}) == 202
            assert post(run, {"token": tokens[0][:-3], "kind": "copied"}) == 401
            assert run.end() == 0

    capfd.readouterr()
    assert main(["kpi", str(tmp_path), "--days", "1", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    liked, copied = told["kpis"]
    assert (liked["value"], liked["standing"]) == (0.5, "met")
    assert (copied["value"], copied["standing"]) == (None, "no_data")
    assert (told["worth"]["successes"], told["worth"]["value"]) == (2.0, 200.0)
    assert told["worth"]["requests"] == 4
