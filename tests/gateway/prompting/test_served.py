"""`tenken serve` with prompts: on record, moved by a label, and never replaced by a bad file."""

import json
from pathlib import Path

import pytest

from tenken.prompts.reading import digest_of
from tests.live.serving import Running, key_of, providing, replaced, running, until, written

pytestmark = pytest.mark.live
OLD = '---\nmodel: desk\ninput: {schema: {a: string}}\n---\n{{role "user"}}\nold {{a}}\n'
NEW = OLD.replace("old", "new")
BAD = NEW.replace("{{a}}", "{{b}}")


def labels(text: str) -> str:
    return f"reply: {{production: {digest_of(text)}}}\n"


def asked(run: Running) -> int:
    """Ask by the label; gives the status."""
    connection = run.connect()
    body = {"model": "prompt:reply@production", "prompt_variables": {"a": "value"}}
    headers = {"content-type": "application/json", "authorization": f"Bearer {run._key}"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def test_a_label_moves_what_is_served_and_a_bad_file_does_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The provider hears the old text, the old one still beside a mistake, then the new one."""
    with providing() as (provider, url):
        written(tmp_path, url, gateway="workers: 1")
        folder = tmp_path / "prompts"
        folder.mkdir()
        replaced(folder / "reply.prompt", OLD)
        replaced(folder / "labels.yaml", labels(OLD))
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        with running(["serve", str(tmp_path)], key=key) as run:
            first = asked(run)
            replaced(folder / "reply.next.prompt", BAD)
            run.said("is served as before")
            second = asked(run)
            before = dict(provider.asked)
            replaced(folder / "reply.next.prompt", NEW)
            replaced(folder / "labels.yaml", labels(NEW))
            until(lambda: asked(run) == 200 and provider.asked["new value"] > 0)
            assert run.end() == 0

    assert (first, second) == (200, 200)
    assert before == {"old value": 2}
