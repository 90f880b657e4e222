"""`tenken serve` that stores texts: no disk holds them in the clear, and they open again."""

from base64 import b64encode
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.journal.sealing import Ring, TextKey
from tenken.journal.texts import Texts
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.texts.texts import SealedTexts, whose_of
from tests.gateway.screening.test_served import KEY, PHONE, POLICY, TEXT, asked, kept
from tests.live.serving import key_of, providing, replaced, running, written

pytestmark = pytest.mark.live
SECRET = b"0123456789abcdef0123456789abcdef"


def texts_of(folder: Path, *requests: str) -> list[Texts]:
    """Open what the ledger keeps of some requests."""
    engine = opened(f"sqlite:///{folder}/.tenken/store.db")
    ring = Ring([TextKey(SECRET)])
    try:
        found = [one for name in requests for one in Ledger(engine).exchanges(name)]
        sealed = [(whose_of(one), SealedTexts(engine).of(whose_of(one))) for one in found]
        return [ring.open(one, whose=whose) for whose, one in sealed if one is not None]
    finally:
        engine.dispose()


def test_stored_texts_are_nowhere_in_the_clear(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither what was masked nor the rest: not in journal, ledger or logs."""
    place = tmp_path / "text.key"
    place.write_bytes(b64encode(SECRET))
    with providing() as (_, url):
        texts = f"texts: {{store: [request, answer], key: {{kind: file, name: {place}}}}}"
        written(tmp_path, url, gateway=f"workers: 2, {texts}")
        (tmp_path / "guard").mkdir()
        replaced(tmp_path / "guard" / "policy.yaml", POLICY)
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        with running(["serve", str(tmp_path)], key=key) as run:
            statuses = [asked(run, f"r{n}", TEXT)[0] for n in range(4)]
            assert run.end() == 0
            logs = "".join(run._lines)

    everything = kept(tmp_path) + logs.encode()
    clear = (
        PHONE,
        KEY,
        "山田太郎",
        "です。",
        "へ。鍵は",
        SECRET.decode(),
        b64encode(SECRET).decode(),
    )
    assert statuses == [200] * 4
    assert {one for one in clear if one.encode() in everything} == set()
    found = texts_of(tmp_path, "r0", "r1", "r2", "r3")
    assert len(found) == 4
    assert all(one.request[0].text.startswith("[氏名_1]です。[電話番号_1] へ。") for one in found)
    assert {said.text for one in found for said in one.answer} == {"hello"}


@pytest.mark.parametrize(
    ("policy", "content", "told"),
    [
        pytest.param("", b64encode(SECRET), "no guard policy that masks", id="no masker"),
        pytest.param(POLICY, b"too short", "holds no key of 256 bits", id="no key"),
    ],
)
def test_texts_that_could_not_be_stored_safely_keep_it_from_starting(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    *,
    policy: str,
    content: bytes,
    told: str,
) -> None:
    """It says what is missing, and where."""
    place = tmp_path / "text.key"
    place.write_bytes(content)
    texts = f"texts: {{store: [request], key: {{kind: file, name: {place}}}}}"
    written(tmp_path, "http://127.0.0.1:1/v1", gateway=texts)
    if policy:
        (tmp_path / "guard").mkdir()
        replaced(tmp_path / "guard" / "policy.yaml", policy)

    assert main(["serve", str(tmp_path)]) == 2
    said = capfd.readouterr()
    assert told in " ".join((said.out + said.err).split())
