"""Images in a request: where they are fetched from, and whether what is sent along is whole.

The gateway fetches nothing. A provider that runs beside it may, so an address of our own network
is refused here, without looking any name up.
"""

import binascii
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.wire.asked import BodyLimits
from tenken.wire.body import invalid

DATA = "data:"
BASE64 = Pattern(r"data:image/[a-zA-Z0-9.+-]+;base64,")
ADDRESS = Pattern(r"(?i)https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?(?:[/?#].*)?")
LAST_IS_NUMBER = Pattern(r"(?i)(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
GLOBAL_6 = IPv6Network("2000::/3")
OWN_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp")


class Picture(Struct, frozen=True):
    """An image, and the path of the field that holds it."""

    path: str
    url: str


def check(pictures: Sequence[Picture], *, limits: BodyLimits) -> None:
    """Raise Refusal for the first image that cannot be passed on."""
    if len(pictures) > limits.images_max:
        path = pictures[limits.images_max].path
        raise invalid("invalid_image", path, "too_many_images", most=limits.images_max)
    for one in pictures:
        if one.url[: len(DATA)].lower() == DATA:
            _check_data(one)
        elif not _is_public(one.url):
            raise invalid("invalid_image", one.path, "image_address", name=one.path)


def check_base64(data: str, path: str) -> None:
    """Raise Refusal where `data` is no base64."""
    try:
        binascii.a2b_base64(data, strict_mode=True)
    except ValueError as error:  # binascii's own error, and text beyond ASCII
        raise invalid("invalid_image", path, "image_data", name=path) from error
    if not data:
        raise invalid("invalid_image", path, "image_data", name=path)


def _check_data(one: Picture) -> None:
    head = BASE64.match(one.url[:100])
    if head is None:
        raise invalid("invalid_image", one.path, "image_data", name=one.path)
    check_base64(one.url[head.end() :], one.path)


def _is_public(url: str) -> bool:
    """Whether a URL is plain and does not name, or spell in any way, an address of our own."""
    found = ADDRESS.fullmatch(url)
    if found is None:
        return False
    host = found[1].lower()
    if host.startswith("["):
        return _is_global(host[1:-1])
    if LAST_IS_NUMBER.fullmatch(host):
        return _is_global(host)  # also `0x7f.1` and `2130706433`, which are no dotted quads
    name = host.rstrip(".")
    return "." in name and not name.endswith(OWN_NAMES)


def _is_global(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    match address:
        case IPv4Address():
            return address.is_global and not address.is_multicast
        case IPv6Address():
            return address in GLOBAL_6 and address.is_global and not _wraps(address)


def _wraps(address: IPv6Address) -> bool:
    return address.sixtofour is not None or address.teredo is not None
