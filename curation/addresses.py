"""The address a request really comes from, when it may have come through proxies of ours."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

UNKNOWN = "unknown"


def caller_address(peer: str | None, forwarded_for: str | None, trusted_proxies: Sequence[str]) -> str:
    """The nearest address that is no trusted proxy.

    `X-Forwarded-For` is read from its end, and only as long as the one who wrote it is trusted: anybody
    can send the header, only a proxy of ours is believed.
    """
    address = peer or UNKNOWN
    chain = [part.strip() for part in (forwarded_for or "").split(",") if part.strip()]
    while chain and _is_trusted(address, trusted_proxies):
        address = chain.pop()
    return _normal(address)


def _is_trusted(address: str, trusted: Sequence[str]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(network, strict=False) for network in trusted)


def _normal(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    # One household has 2**64 IPv6 addresses: throttling counts the network.
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None and not parsed.is_loopback:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
