"""Mail, by SMTP."""

import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate

from tenken.config.operating.alerting import Mailing
from tenken.keeper.alerts.message import Message
from tenken.keeper.alerts.posting import NotSent, checked_addresses
from tenken.transport.tls import client_context

TIMEOUT_S = 15.0


def body(message: Message) -> dict[str, object]:
    """Give subject and text."""
    lines: list[str] = [message.title, ""]
    for part in message.parts:
        lines += [part.what, *(f"{label}: {text}" for label, text in part.lines)]
        lines += [one for one in (part.runbook, part.console) if one]
        lines += [f"[{part.alert.id}]", ""]
    return {"subject": " ".join(message.title.split())[:200], "text": "\n".join(lines)}


def send(
    stored: Mapping[str, object], mailing: Mailing, *, id_: str, password: str, allow_private: bool
) -> str:
    """Hand a mail over; gives what is noted of it, raises NotSent."""
    mail = EmailMessage()
    mail["Subject"] = str(stored["subject"])
    mail["From"], mail["To"] = mailing.sender, ", ".join(mailing.to)
    mail["Date"] = formatdate()
    mail["Auto-Submitted"] = "auto-generated"
    mail["Message-ID"] = f"<{id_}@{mailing.sender.partition('@')[2]}>"
    mail.set_content(str(stored["text"]))
    encrypted = mailing.security != "none"
    checked_addresses(mailing.host, mailing.port, allow_private=allow_private, encrypted=encrypted)
    try:
        with _connected(mailing) as server:
            if mailing.user:
                server.login(mailing.user, password)
            refused = server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"SMTP {error.smtp_code}", final=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(type(error).__name__, final=False) from error
    if refused:
        # The others have it: sent again, they would have it twice.
        code = next(iter(refused.values()))[0]
        raise NotSent(f"SMTP {code} for {len(refused)} of {len(mailing.to)}", final=True)
    return "SMTP 250"


def _connected(mailing: Mailing) -> smtplib.SMTP:
    if mailing.security == "tls":
        return smtplib.SMTP_SSL(
            mailing.host, mailing.port, timeout=TIMEOUT_S, context=client_context()
        )
    server = smtplib.SMTP(mailing.host, mailing.port, timeout=TIMEOUT_S)
    if mailing.security == "starttls":
        server.starttls(context=client_context())
    return server
