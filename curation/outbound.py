"""Requests to addresses that people typed: what may be reached, and one POST that never gets further than that.

A name is resolved once, every address behind it must be a public one, and the connection goes to the very address
that was looked at: a name that resolves to something else a moment later leads nowhere. Redirects are not followed.
"""

from __future__ import annotations

import functools
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

import certifi

from curation.errors import InvalidText, RefusedAddress

MAX_URL = 1_000
NOT_FOUND = "Its name is not known."
REFUSED = "Nobody answers there: the connection was refused or cut."
TOO_SLOW = "It did not answer in time."
NOT_TRUSTED = "Its certificate cannot be trusted."
NO_HTTP = "What it answers is not HTTP."
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class Undelivered(Exception):
    """The request did not get an answer; the text says why."""


def clean_url(url: str) -> str:
    """An address of ours to send to, as it is stored. Raises InvalidText."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        right = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and parts.username is None
            and parts.password is None
            # A zone leads to one of this machine's own networks (RFC 6874).
            and "%" not in (parts.hostname or "")
            and not parts.fragment
            and url.isascii()
            and url.isprintable()
            and not set(' \\<>"{}|^`') & set(url)
        )
    except ValueError:  # a port that is no number, a bracket that is not closed
        right = False
    if not right or len(url) > MAX_URL:
        raise InvalidText(
            f"An address looks like https://my-domain.org/hook, has no login in it, and at most {MAX_URL:,} characters."
        )
    return url


def require_public(url: str) -> None:
    """Raise RefusedAddress when an address leads into a private network. One that is not known may be some day."""
    with suppress(Undelivered):
        _resolve(urlsplit(url), to_private=False)


def post(url: str, body: bytes, headers: Mapping[str, str], *, to_private: bool, seconds: float) -> int:
    """Send a body and return the status of the answer, whose own body nobody reads.

    Raises RefusedAddress before anything is sent, and Undelivered when no answer came in time.
    """
    parts = urlsplit(url)
    deadline = time.monotonic() + seconds
    sock = _connect(_resolve(parts, to_private=to_private), deadline)
    # Time-outs of a socket are for one read, and a receiver may dribble: this ends everything that still goes on.
    handle = sock.dup()
    late = threading.Event()
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (handle, late))
    watch.start()
    try:
        return _exchange(parts, sock, body, headers)
    except ssl.SSLCertVerificationError:
        raise Undelivered(NOT_TRUSTED) from None
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise Undelivered(TOO_SLOW) from None
        raise Undelivered(REFUSED if isinstance(error, OSError) else NO_HTTP) from None
    finally:
        watch.cancel()
        handle.close()
        sock.close()


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever it is wrapped in."""
    found: Ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        # The same machine by another road: IPv4 addresses inside of IPv6 ones (RFC 4291, 3056, 6052).
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.teredo is not None or found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _resolve(parts: SplitResult, *, to_private: bool) -> list[tuple[str, int]]:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Undelivered(NOT_FOUND) from None
    # One private address among public ones is refused too: which of them is taken would be chance.
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not to_private and not all(is_public(address) for address in addresses):
        raise RefusedAddress(
            "This address leads into a private network, where nothing is sent. WEBHOOKS_TO_PRIVATE permits it."
        )
    return [(address, port) for address in addresses]


def _connect(addresses: list[tuple[str, int]], deadline: float) -> socket.socket:
    """A connection to the first address that takes one."""
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection(address, timeout=left)
        except TimeoutError:
            break
        except OSError:
            continue
    else:
        raise Undelivered(REFUSED)
    raise Undelivered(TOO_SLOW)


def _exchange(parts: SplitResult, sock: socket.socket, body: bytes, headers: Mapping[str, str]) -> int:
    host = parts.hostname or ""
    if parts.scheme == "https":
        sock = _tls().wrap_socket(sock, server_hostname=host)
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(host, parts.port)
    else:
        connection = http.client.HTTPConnection(host, parts.port)
    # Connected already, to the address that was looked at: it never resolves the name itself.
    connection.sock = sock
    try:
        connection.request("POST", _target(parts), body, {**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _cut(handle: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # it may have ended by itself a moment before
        handle.shutdown(socket.SHUT_RDWR)
