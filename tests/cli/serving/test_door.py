"""What a door shows is read again when it is renewed, and told when it cannot be."""

import socket
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.cli.serving.door import Shown, shown_of
from tenken.cli.serving.served import Files
from tenken.config.serving import GatewaySettings, TlsSettings
from tenken.errors import UsageError
from tenken.sentence import Sentence
from tests.transport.certificates import made_in

TLS = GatewaySettings(tls=TlsSettings(certificate="tls.crt", key="tls.key"))


def put(folder: Path, serial: int, *names: str) -> None:
    """Put the pair of this number in the place of files, each in one step."""
    made = folder / f"server-{serial}.pem"
    content = (made if made.exists() else made_in(folder, serial=serial)).read_bytes()
    for name in names:
        draft = folder / f"{name}.new"
        draft.write_bytes(content)
        draft.replace(folder / name)


@pytest.fixture
def told() -> list[Sentence]:
    return []


def door(folder: Path, told: list[Sentence]) -> Shown:
    found = shown_of(Files(folder=folder), TLS, told.append)
    assert found is not None
    return found


def test_a_pair_that_is_renewed_file_by_file_is_taken_over_once_it_is_there(
    tmp_path: Path, told: list[Sentence]
) -> None:
    """Between the two files nothing fits, and nothing is told of that."""
    put(tmp_path, 1, "tls.crt", "tls.key")
    shown = door(tmp_path, told)
    shown.look()
    put(tmp_path, 2, "tls.crt")
    shown.look()
    put(tmp_path, 2, "tls.key")
    for _ in range(3):
        shown.look()

    assert [one.id for one in told] == ["serving.certificate_renewed"]


def test_what_does_not_fit_is_told_once_and_mended_later(
    tmp_path: Path, told: list[Sentence]
) -> None:
    """The one before is shown meanwhile."""
    put(tmp_path, 1, "tls.crt", "tls.key")
    shown = door(tmp_path, told)
    before = shown.certificate.context
    put(tmp_path, 2, "tls.crt")
    for _ in range(3):
        shown.look()
    (tmp_path / "tls.crt").unlink()
    for _ in range(3):
        shown.look()
    put(tmp_path, 3, "tls.crt", "tls.key")
    for _ in range(3):
        shown.look()

    assert [one.id for one in told] == [
        "serving.certificate_not_renewed",
        "serving.certificate_not_renewed",
        "serving.certificate_renewed",
    ]
    assert shown.certificate.context is before


@pytest.mark.parametrize(
    ("names", "why"),
    [
        pytest.param((), "No such file", id="no file"),
        pytest.param(("tls.crt",), "No such file", id="no key"),
        pytest.param(("tls.crt", "tls.key"), "KEY_VALUES_MISMATCH", id="another's key"),
    ],
)
def test_what_cannot_be_shown_is_told_with_both_files(
    tmp_path: Path, told: list[Sentence], names: tuple[str, ...], why: str
) -> None:
    """Before anything is served."""
    for serial, name in enumerate(names, 1):
        put(tmp_path, serial, name)

    with pytest.raises(UsageError) as refused:
        door(tmp_path, told)
    fields = refused.value.sentence.fields
    assert why in str(fields["why"])
    assert str(fields["certificate"]).endswith("tls.crt")


def test_without_settings_nothing_is_shown(tmp_path: Path, told: list[Sentence]) -> None:
    """Plain, for a machine's own or behind a proxy."""
    assert shown_of(Files(folder=tmp_path), GatewaySettings(), told.append) is None


def test_a_port_that_is_taken_is_told_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who starts it twice learns that, in the language asked for."""
    (tmp_path / "tenken.yaml").write_text("application: {name: desk, owner: desk team}\n")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code = main(["console", str(tmp_path), "--port", port, "--lang", "ja"])

    assert code == 2
    told = capsys.readouterr().err
    assert f"127.0.0.1:{port} は別のプロセスが使用中" in told
    assert "--port" in told
