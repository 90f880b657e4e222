"""A mail is handed over to a server that speaks SMTP as RFC 5321 says (written 2026-11-23)."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from io import BufferedRWPair
from threading import Thread

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

from tenken.config.operating.alerting import Mailing, Receiver
from tenken.keeper.alerts.posting import NotSent
from tenken.keeper.alerts.receivers.reach import Reach, stored
from tests.keeper.alerts.receivers.test_reach import message

CAP_S = 30.0


class Post(Struct):
    """A server, and what it was handed."""

    port: int = 0
    says: str = "250 OK"
    """To the mail itself."""
    heard: list[str] = field(default_factory=list)
    unknown: str = ""
    """An address that it does not take mail for."""
    mail: bytes = b""

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rwb") as stream:
                connection.settimeout(CAP_S)
                self._speak(stream)

    def _speak(self, stream: BufferedRWPair) -> None:
        def say(text: str) -> None:
            stream.write(f"{text}\r\n".encode())
            stream.flush()

        say("220 mail.example.com ESMTP")
        while line := stream.readline().decode().strip():
            self.heard.append(line)
            verb = line.split(":")[0].upper()
            if verb.startswith("EHLO"):
                say("250-mail.example.com")
                say("250 8BITMIME")
            elif verb == "DATA":
                say("354 go on")
                lines = iter(stream.readline, b".\r\n")
                self.mail = b"".join(lines)
                say(self.says)
            elif verb == "RCPT TO" and self.unknown and self.unknown in line:
                say("550 no such user")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 OK")


@contextmanager
def serving(says: str = "250 OK", *, unknown: str = "") -> Iterator[Post]:
    post = Post(says=says, unknown=unknown)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        post.port = listener.getsockname()[1]
        thread = Thread(target=post.serve, args=(listener,), daemon=True)
        thread.start()
        yield post
        listener.close()
        thread.join(CAP_S)


def receiver(port: int) -> Receiver:
    mailing = Mailing(
        host="127.0.0.1", port=port, security="none", sender="tenken@example.com",
        to=("hana@example.com", "ken@example.com"),
    )  # fmt: skip
    return Receiver(name="mail", kind="email", mail=mailing, allow_private=True)


def sent(to: Receiver) -> str:
    return Reach({}).hand_over(to, stored(to, message()), id_="n1", now=0)


def test_a_mail_is_handed_over() -> None:
    """To all of its receivers, with an id that is the same however often it is sent."""
    with serving() as post:
        assert sent(receiver(post.port)) == "SMTP 250"

    mail = message_from_bytes(post.mail)
    assert mail["Message-ID"] == "<n1@example.com>"
    assert mail["Subject"].startswith("[PAGE] desk prod:")
    assert "Error budget left: 42.0 %" in post.mail.decode()
    assert sum(line.upper().startswith("RCPT TO") for line in post.heard) == 2


def test_one_address_that_is_refused_is_not_passed_over() -> None:
    """The others have the mail, so that it is not sent again; it has not reached all."""
    with serving(unknown="ken@") as post, pytest.raises(NotSent) as failure:
        sent(receiver(post.port))

    assert (failure.value.why, failure.value.final) == ("SMTP 550 for 1 of 2", True)
    assert message_from_bytes(post.mail)["Date"]


def test_what_is_refused_is_tried_again() -> None:
    """With the server's code; what it says may hold anything."""
    with serving("451 later") as post, pytest.raises(NotSent) as failure:
        sent(receiver(post.port))

    assert (failure.value.why, failure.value.final) == ("SMTP 451", False)


def test_a_private_or_plain_server_is_refused_unless_meant() -> None:
    """Before anybody is connected to."""
    with pytest.raises(NotSent) as failure:
        sent(replace(receiver(9), allow_private=False))

    assert failure.value.why == "forbidden_address"
