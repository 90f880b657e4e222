"""DSSE envelopes: a payload with the Ed25519 signatures of those who observed it.

What is signed is not the payload but its pre-authentication encoding, which holds its type too,
so a signature on one kind of document is worth nothing on another.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from datetime import date

import msgspec
from msgspec import Struct

from tenken.readiness.evidence.keys import PrivateKey, is_signed

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_SIGNATURES = 16


class Signature(Struct, frozen=True, kw_only=True):
    """One signature of an envelope."""

    keyid: str
    sig: str
    """Base64."""


class Envelope(Struct, frozen=True, kw_only=True):
    """A payload and its signatures, as they stand in the file."""

    payloadType: str  # noqa: N815 - the field's name in DSSE
    payload: str
    """Base64."""
    signatures: tuple[Signature, ...]


class TrustedKey(Struct, frozen=True, kw_only=True):
    """A public key whose signatures count, and whose it is."""

    name: str
    """The observer, as reports show it."""
    public: bytes
    """32 bytes."""
    expires_on: date | None = None
    """The last day on which its signatures count."""

    @property
    def keyid(self) -> str:
        """What an envelope calls this key."""
        return keyid_of(self.public)


class BadEnvelope(Exception):
    """The bytes in the envelope cannot be read."""


def keyid_of(public: bytes) -> str:
    """The SHA-256 of the raw public key, in hex."""
    return hashlib.sha256(public).hexdigest()


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """What is truly signed.

    >>> pre_authentication("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, key: PrivateKey, *, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Put a payload into an envelope signed with one key."""
    signature = key.sign(pre_authentication(payload_type, payload))
    return Envelope(
        payloadType=payload_type,
        payload=base64.b64encode(payload).decode(),
        signatures=(
            Signature(keyid=keyid_of(key.public), sig=base64.b64encode(signature).decode()),
        ),
    )


def payload_of(envelope: Envelope) -> bytes:
    """The payload's bytes; raises BadEnvelope where they are not base64."""
    return _decoded(envelope.payload)


def signer(envelope: Envelope, trusted: Iterable[TrustedKey]) -> TrustedKey | None:
    """The first trusted key with a valid signature on the envelope; None where there is none.

    The key id only says which key to try: what counts is the signature.
    """
    keys = {key.keyid: key for key in trusted}
    signed = pre_authentication(envelope.payloadType, payload_of(envelope))
    for signature in envelope.signatures[:MAX_SIGNATURES]:
        key = keys.get(signature.keyid)
        if key is not None and _is_valid(key, signature, signed):
            return key
    return None


def encode(envelope: Envelope) -> bytes:
    """The envelope as one line of JSON, without its newline."""
    return msgspec.json.encode(envelope)


def _is_valid(key: TrustedKey, signature: Signature, signed: bytes) -> bool:
    try:
        return is_signed(signed, _decoded(signature.sig), key.public)
    except BadEnvelope:
        return False


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadEnvelope(str(error)) from error
