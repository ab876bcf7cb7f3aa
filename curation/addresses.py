"""The address a request really comes from, when it may have come through proxies of ours.

Doors say it once, around everything they do for a request; the audit trail asks for it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

UNKNOWN = "unknown"

_calling: ContextVar[str | None] = ContextVar("calling_address", default=None)


def _nowhere() -> str | None:
    return None


_find: Callable[[], str | None] = _nowhere


def find_address_with(finder: Callable[[], str | None]) -> None:
    """Say who knows the address where no `calling_from` block has set it: the dashboard knows it by its websocket."""
    global _find  # noqa: PLW0603  (a door says it once, when it opens)
    _find = finder


@contextmanager
def calling_from(address: str) -> Iterator[None]:
    """What happens in the block is asked for from this address."""
    token = _calling.set(address)
    try:
        yield
    finally:
        _calling.reset(token)


def calling_address() -> str | None:
    """Where what is happening here was asked for; None where the product does it by itself."""
    return _calling.get() or _find()


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
