"""Seals the texts of an exchange before they reach any disk, and opens them again.

AES-256-GCM, by the library `cryptography`. Each seal has a key of its own, made from the service's
key and 128 random bits, so that no number of exchanges wears one key out. What is sealed names the
id of its key, and is bound to its exchange: put into another's place it does not open.
"""

import hashlib
import hmac
import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from tenken.journal.texts import Texts, Whose
from tenken.sentence import Sentence, say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
FORMAT = b"\x01"
NAME_BYTES, SALT_BYTES, NONCE_BYTES = 6, 16, 12
CHANCE_BYTES = SALT_BYTES + NONCE_BYTES
HEAD_BYTES = len(FORMAT) + NAME_BYTES + CHANCE_BYTES
END = b"\x01"
"""A journal's record may end in anything but a zero, and texts stand at its end."""
PURPOSE = b"tenken stored texts\0"
PLAIN_MAX = 64 << 20
"""More than any settings allow to be kept of one exchange."""
LEVEL = 1
"""Of zlib: the least work, and texts are a third of what they were."""
ENCODE = msgspec.msgpack.Encoder().encode
DECODE = msgspec.msgpack.Decoder(Texts).decode


class Unopened(Exception):
    """Texts could not be opened; the sentence says why, and nothing of what is in them."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


class TextKey:
    """A key that texts are sealed with, and its name, which tells nothing of it."""

    def __init__(self, secret: bytes) -> None:
        """`secret` is 256 random bits."""
        # Seven megabytes in every process, for those alone who store texts.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        if len(secret) != KEY_BYTES:
            raise ValueError("not 256 bits")
        self._secret = secret
        self._aead = AESGCM
        self.name = hashlib.sha256(PURPOSE + b"name\0" + secret).digest()[:NAME_BYTES]

    @property
    def id(self) -> str:
        """Give its name as people read it."""
        return self.name.hex()

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return f"TextKey({self.id})"

    def seal(self, texts: Texts, *, whose: Whose, chance: bytes) -> bytes:
        """Give what may be written; `chance` is `CHANCE_BYTES` random bytes, used once."""
        head = FORMAT + self.name + chance
        plain = zlib.compress(ENCODE(texts), LEVEL)
        sealed = self._cipher(chance).encrypt(chance[SALT_BYTES:], plain, _bound(head, whose))
        return head + sealed + END

    def open(self, sealed: bytes, *, whose: Whose) -> Texts:
        """Give the texts; raises Unopened."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

        head = sealed[:HEAD_BYTES]
        chance = head[-CHANCE_BYTES:]
        cipher, nonce = self._cipher(chance), chance[SALT_BYTES:]
        try:
            packed = cipher.decrypt(nonce, sealed[HEAD_BYTES : -len(END)], _bound(head, whose))
            return DECODE(zlib.decompressobj().decompress(packed, PLAIN_MAX))
        except (InvalidTag, ValueError, zlib.error, msgspec.DecodeError) as error:
            raise Unopened(say("texts.damaged", key=self.id)) from error

    def _cipher(self, chance: bytes) -> "AESGCM":
        return self._aead(hmac.digest(self._secret, PURPOSE + chance[:SALT_BYTES], "sha256"))


class Ring:
    """The keys that texts can be opened with: the one in use, and those of before."""

    def __init__(self, keys: Iterable[TextKey] = (), *, lacking: Sentence | None = None) -> None:
        """`lacking` says why one that the settings name is not here."""
        self._keys = {key.name: key for key in keys}
        self._lacking = lacking

    def open(self, sealed: bytes, *, whose: Whose) -> Texts:
        """Give the texts; raises Unopened."""
        if len(sealed) <= HEAD_BYTES or not (sealed.startswith(FORMAT) and sealed.endswith(END)):
            raise Unopened(say("texts.not_ours"))
        name = sealed[len(FORMAT) : len(FORMAT) + NAME_BYTES]
        key = self._keys.get(name)
        if key is not None:
            return key.open(sealed, whose=whose)
        if self._lacking is not None:
            raise Unopened(self._lacking)
        known = ", ".join(one.id for one in self._keys.values()) or "wording.none_there"
        raise Unopened(say("texts.other_key", key=name.hex(), known=known))


def key_of(written: str) -> TextKey | None:
    """Read a key as variables and files hold it, in hex or base64; None where it is none."""
    written = written.strip()
    try:
        if len(written) == 2 * KEY_BYTES:
            return TextKey(bytes.fromhex(written))
        return TextKey(b64decode(written.replace("-", "+").replace("_", "/"), validate=True))
    except (NotBase64, ValueError):
        return None


def _bound(head: bytes, whose: Whose) -> bytes:
    """Give what is not secret and may not be changed: the head, and whose texts these are."""
    return PURPOSE + head + ENCODE(whose)
