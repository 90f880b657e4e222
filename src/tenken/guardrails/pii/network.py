"""Addresses of machines on a network: behind one may be a person."""

from ipaddress import AddressValueError, IPv4Address, IPv6Address

from tenken.guardrails.pii.labels import Kind, near
from tenken.guardrails.rule import Rule, Rules, Spot
from tenken.pattern import Pattern

OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV6 = r"(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:%[A-Za-z0-9]{1,15})?"


def _is_ipv4(spot: Spot) -> bool:
    """Not a version, a chapter, or an address that every machine has."""
    if spot.before() in {".", "v", "-", "/"} or (
        spot.behind(2)[:1] == "." and spot.behind(2)[1:].isdecimal()
    ):
        return False
    if spot.behind(2)[:1] == "/" and spot.behind(2)[1:].isdecimal():
        return False  # a network, not a machine
    label = near(spot)
    named = label is not None and label.kind is Kind.IP
    if label is not None and label.kind is Kind.OTHER and label.numbers:
        return False
    octets = spot.value.split(".")
    address = IPv4Address(spot.value)
    nobody = address.is_loopback or address.is_unspecified or octets[0] in {"255", "0"}
    return not nobody and (named or not all(len(octet) == 1 for octet in octets[:3]))


def _is_ipv6(spot: Spot) -> bool:
    before = spot.before()
    if (before.isascii() and before.isalnum()) or before == ":" or spot.value.count(":") < 2:
        return False
    try:
        address = IPv6Address(spot.value)
    except AddressValueError:
        return False
    plain = spot.value.strip(":")
    return not (address.is_loopback or address.is_unspecified) and len(plain) > 6


DETECTOR = Rules(
    "pii.network",
    Rule(
        id="pii.ip.v4",
        risk="pii.ip",
        pattern=Pattern(rf"\b(?:{OCTET}\.){{3}}{OCTET}\b"),
        gate=r"\d\.\d{1,3}\.\d{1,3}\.\d",
        holds=_is_ipv4,
    ),
    Rule(
        id="pii.ip.v6",
        risk="pii.ip",
        pattern=Pattern(IPV6),
        gate=r"[0-9a-f]{0,4}:[0-9a-f]{0,4}:[0-9a-f]{0,4}",
        holds=_is_ipv6,
    ),
)
