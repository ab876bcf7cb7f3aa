"""Which page a browser's request comes from: cookies ride along wherever it was asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from settings import get_settings

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
FROM_HERE = ("same-origin", "none")  # `none`: typed, or a bookmark


def is_ours(origin: str, host: str | None, public_url: str) -> bool:
    """Whether an `Origin` is that of a page of this installation, by the host asked for or by its public address."""
    try:
        return urlsplit(origin).netloc in (host, urlsplit(public_url).netloc)
    except ValueError:
        return False


def comes_from_elsewhere(request: Request) -> bool:
    """Whether a page of another origin asks, as far as the browser says (Fetch Metadata, and Origin before it).

    Who follows a link from elsewhere to something of ours does not count: the page left behind learns nothing.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in FROM_HERE:
        follows_a_link = request.headers.get("sec-fetch-mode") == "navigate"
        return not (follows_a_link and request.method in SAFE_METHODS)
    origin = request.headers.get("origin")
    if origin is None:
        return False
    return not is_ours(origin, request.headers.get("host"), get_settings().public_url)
