"""The embedded model itself: real weights on the real library, asked by the official client."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tenken.embedded.weights import SMOLLM2, is_there

pytestmark = pytest.mark.live
CACHE = Path(__file__).resolve().parents[2] / ".cache"
TENKEN = Path(sys.executable).with_name("tenken")
HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say hello."}]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve it as a person would; `make model` has fetched it."""
    if not is_there(SMOLLM2, CACHE / "tenken"):
        if os.environ.get("CI") == "true":  # noqa: TID251 - the rim of the live tests
            pytest.fail("The embedded model is absent: run `make model`")
        pytest.skip("the embedded model is absent: run `make model`")
    with subprocess.Popen(
        [TENKEN, "embedded", "serve", "--port", "0"],
        env=os.environ | {"XDG_CACHE_HOME": str(CACHE)},  # noqa: TID251 - as above
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().partition("=")[2]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_the_official_client_is_answered_and_bounded(address: str) -> None:
    """Some words, the model's name and true counts; the same words for the same question."""
    client = openai.OpenAI(base_url=address, api_key="any", timeout=60)

    first, second = (
        client.chat.completions.create(
            model="any",
            messages=HELLO,
            max_tokens=8,
            temperature=0,
        )
        for _ in range(2)
    )

    assert first.model == SMOLLM2.name
    assert first.choices[0].message.content
    assert first.choices[0].message.content == second.choices[0].message.content
    assert first.usage is not None
    assert 0 < first.usage.completion_tokens <= 8


def test_a_stream_brings_pieces_and_usage(address: str) -> None:
    """As the gateway reads them."""
    client = openai.OpenAI(base_url=address, api_key="any", timeout=60)

    events = list(
        client.chat.completions.create(
            model="any",
            messages=HELLO,
            max_tokens=8,
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    assert sum(bool(e.choices and e.choices[0].delta.content) for e in events) >= 1
    assert events[-1].usage is not None


def test_a_prompt_beyond_the_context_is_told(address: str) -> None:
    """As an error of the caller."""
    client = openai.OpenAI(base_url=address, api_key="any", timeout=60, max_retries=0)

    with pytest.raises(openai.BadRequestError, match="context"):
        client.chat.completions.create(
            model="any",
            messages=[{"role": "user", "content": "hello " * 3000}],
            max_tokens=8,
        )


@pytest.mark.usefixtures("address")
def test_the_demonstration_asks_it_through_the_gateway(tmp_path: Path) -> None:
    """Past a dead provider, with the record of both attempts; nothing is left behind."""
    done = subprocess.run(
        [TENKEN, "demo", "--model"],
        env=os.environ | {"XDG_CACHE_HOME": str(CACHE)},  # noqa: TID251 - as above
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "first: no connection → small: answered" in done.stdout
    assert list(tmp_path.iterdir()) == []
